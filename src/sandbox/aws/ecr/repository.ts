import { createHash } from 'node:crypto'

/** A private repository. Never changed: an image that is added makes another one of it. */
export interface Repository {
  readonly name: string
  readonly imageTagMutability: string
  readonly imageTagMutabilityExclusionFilters: readonly unknown[] | undefined
  readonly scanOnPush: boolean
  readonly encryptionConfiguration: { readonly encryptionType: string; readonly kmsKey?: string }
  readonly tags: readonly Tag[]
  readonly createdAt: Date
  /** In the order of their arrival. */
  readonly images: readonly Image[]
}

export interface Tag {
  readonly Key: string
  readonly Value: string
}

/** An image as far as the control plane shows it. */
export interface Image {
  /** `sha256:…` */
  readonly imageDigest: string
  readonly imageTags: readonly string[]
  readonly imagePushedAt: Date
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
    createdAt,
    images: [],
  }
}

/** An image that is not there in truth: its digest comes from its name and tag. */
export function standInImage(name: string, imageTag: string, imagePushedAt: Date): Image {
  const digest = createHash('sha256').update(`${name}:${imageTag}`).digest('hex')
  return { imageDigest: `sha256:${digest}`, imageTags: [imageTag], imagePushedAt }
}
