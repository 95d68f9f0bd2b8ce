import type { Content } from '../oci/content.ts'
import { looksLikeDigest } from '../oci/digest.ts'
import { dockerFormat, ociFormat } from '../oci/media-type.ts'
import { linuxAmd64 } from '../oci/platform.ts'
import type { Exchange } from '../service.ts'
import { findManifest, type Repository } from './catalogue.ts'

/** The manifest to answer with, or why there is none, in the registry's words. */
export type AcceptedManifest =
  | { readonly manifest: Content; readonly problem?: never }
  | { readonly manifest?: never; readonly problem: string }

/**
 * The manifest under a reference, as far as the client's `Accept` allows. The OCI's types are given only to those who
 * name them, or who take anything; of a manifest list, a client that does not know lists gets what a tag means on
 * Linux on amd64.
 * https://github.com/distribution/distribution/blob/main/registry/handlers/manifests.go
 */
export function acceptedManifest(
  { headers }: Pick<Exchange, 'headers'>,
  repository: Repository,
  reference: string,
): AcceptedManifest {
  const found = findManifest(repository, reference)
  if (!found) return { problem: 'manifest unknown' }
  if (accepts(headers['accept'], found.mediaType)) return { manifest: found }
  switch (found.mediaType) {
    case ociFormat.index:
      return { problem: 'OCI index found, but accept header does not support OCI indexes' }
    case ociFormat.manifest:
      return { problem: 'OCI manifest found, but accept header does not support OCI manifests' }
    case dockerFormat.index:
      if (looksLikeDigest(reference)) return { manifest: found }
      return { manifest: findLinuxAmd64(repository, found) ?? found }
    default:
      return { manifest: found }
  }
}

/** Parameters such as `q` are not weighed. */
function accepts(accept: string | undefined, mediaType: string): boolean {
  if (accept === undefined) return true
  const ranges = accept.split(',').map((range) => (range.split(';')[0] ?? '').trim().toLowerCase())
  return ranges.some((range) => [mediaType, '*/*', 'application/*'].includes(range))
}

function findLinuxAmd64(repository: Repository, list: Content): Content | undefined {
  const { manifests } = JSON.parse(list.body.toString('utf8')) as {
    readonly manifests: readonly { digest: string; platform: { os: string; architecture: string } }[]
  }
  const entry = manifests.find(
    ({ platform }) => platform.os === linuxAmd64.os && platform.architecture === linuxAmd64.architecture,
  )
  return entry && findManifest(repository, entry.digest)
}
