import { createImage } from '../../oci/image.ts'
import { linuxAmd64 } from '../../oci/platform.ts'
import { isTag } from '../../oci/repository-name.ts'
import { seededAccount } from '../identities.ts'
import { findImage, withImage } from './image.ts'
import { plainRepository, type Repository } from './repository.ts'
import { shapes } from './shapes.ts'
import type { EcrStore } from './store.ts'

/** What `POST /aws/repositories` says. */
interface RepositorySeed {
  readonly account: string
  readonly region: string
  readonly repositoryName: string
  readonly imageTags: readonly string[]
}

/**
 * Add a repository as if its images had been pulled before, or images to the one there is: small ones, for linux/amd64.
 * A tag that is there already stays as it is.
 */
export function seedRepository(
  store: EcrStore,
  { account, region, repositoryName: name, imageTags }: RepositorySeed,
  now: Date,
): void {
  const { repositories } = store.registry({ account, region })
  const known: Repository = repositories.get(name) ?? plainRepository(name, now)
  const added = imageTags
    .filter((imageTag) => !findImage(known, { imageTag }))
    .reduce((repository, tag) => {
      const { top, children, blobs } = createImage({ name: `${name}:${tag}`, platforms: [linuxAmd64] })
      return withImage(repository, { manifest: top, children, blobs }, { tag, now })
    }, known)
  repositories.set(name, added)
}

/**
 * Read the body of `POST /aws/repositories`.
 *
 * @throws `TypeError` that names what is wrong with it.
 */
export function parseRepositorySeed(body: unknown): RepositorySeed {
  const {
    account,
    region,
    repositoryName,
    imageTags = [],
  } = members(body, ['account', 'region', 'repositoryName', 'imageTags'])
  const { pattern } = shapes.CreateRepository.members.repositoryName
  if (typeof repositoryName !== 'string' || !pattern?.test(repositoryName)) {
    throw new TypeError('"repositoryName" must be the name of a repository')
  }
  if (!Array.isArray(imageTags) || !imageTags.every(isImageTag)) {
    throw new TypeError('"imageTags" must be a list of tags')
  }
  return {
    account: readAccount(account),
    region: readRegion(region),
    repositoryName,
    imageTags: [...new Set(imageTags)],
  }
}

/**
 * Read the body of `POST /aws/service-linked-roles`.
 *
 * @throws `TypeError` that names what is wrong with it.
 */
export function parseServiceLinkedRole(body: unknown): {
  readonly account: string
  readonly present: boolean
} {
  const { account, present } = members(body, ['account', 'present'])
  if (typeof present !== 'boolean') throw new TypeError('"present" must be true or false')
  return { account: readAccount(account), present }
}

function members(body: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new TypeError('the body must be a JSON object')
  }
  const unknown = Object.keys(body).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new TypeError(`"${unknown}" is not one of ${known.join(', ')}`)
  return { ...body }
}

function readAccount(account: unknown = seededAccount): string {
  if (typeof account !== 'string' || !/^\d{12}$/.test(account))
    throw new TypeError('"account" must be 12 digits')
  return account
}

function readRegion(region: unknown = 'us-east-1'): string {
  if (typeof region !== 'string' || !/^([a-z]+-)+\d+$/.test(region)) {
    throw new TypeError('"region" must be a Region like us-east-1')
  }
  return region
}

function isImageTag(tag: unknown): tag is string {
  return typeof tag === 'string' && isTag(tag)
}
