import type { Content } from '../../oci/content.ts'
import type { Image } from './image.ts'

/** A private repository. Never changed: an image that is added makes another one of it. */
export interface Repository {
  readonly name: string
  readonly imageTagMutability: string
  readonly imageTagMutabilityExclusionFilters: readonly ExclusionFilter[] | undefined
  readonly scanOnPush: boolean
  readonly encryptionConfiguration: { readonly encryptionType: string; readonly kmsKey?: string }
  readonly tags: readonly Tag[]
  /** The repository policy, which only a repository creation template gives it here. */
  readonly policy: string | undefined
  readonly createdAt: Date
  /** In the order of their arrival. */
  readonly images: readonly Image[]
  /** Configurations and layers that its images have, by digest. */
  readonly layers: ReadonlyMap<string, Content>
  /** When a tag was last found to be what it is upstream, or came from there. */
  readonly validatedAt: ReadonlyMap<string, Date>
}

export interface Tag {
  readonly Key: string
  readonly Value: string
}

interface ExclusionFilter {
  readonly filter: string
}

/** A repository with the settings that ECR gives to those that ask for none. */
export function plainRepository(name: string, createdAt: Date): Repository {
  return {
    name,
    imageTagMutability: 'MUTABLE',
    imageTagMutabilityExclusionFilters: undefined,
    scanOnPush: false,
    encryptionConfiguration: { encryptionType: 'AES256' },
    tags: [],
    policy: undefined,
    createdAt,
    images: [],
    layers: new Map(),
    validatedAt: new Map(),
  }
}

/**
 * Whether a tag stays where it is. Filters name the exceptions, with `*` for any characters.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 */
export function isImmutable(
  { imageTagMutability, imageTagMutabilityExclusionFilters: filters = [] }: Repository,
  tag: string,
): boolean {
  const isException = filters.some(({ filter }) => {
    const pattern = filter.replaceAll(/[.*]/g, (character) => (character === '*' ? '.*' : '\\.'))
    return new RegExp(`^${pattern}$`).test(tag)
  })
  return imageTagMutability.startsWith('IMMUTABLE') !== isException
}
