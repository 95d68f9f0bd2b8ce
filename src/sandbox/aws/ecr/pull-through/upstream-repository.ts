import { type Content, contentOf } from '../../../oci/content.ts'
import { dockerFormat, ociFormat } from '../../../oci/media-type.ts'
import type { Part } from '../image.ts'
import { logInToUpstream, type UpstreamCredential } from './upstream-login.ts'
import { problemOf, UpstreamRefusal } from './upstream-refusal.ts'
import { ask, type Upstream } from './upstream-request.ts'

/** A repository of an upstream registry, for somebody who has logged in. All throw `UpstreamRefusal`. */
export interface UpstreamRepository {
  /** What a tag stands for, which costs no pull. */
  digestOf(tag: string): Promise<string>
  /** @param digest what the content must be */
  manifest(digest: string): Promise<Content>
  layer(part: Part): Promise<Content>
}

const manifestTypes = [ociFormat.index, dockerFormat.index, ociFormat.manifest, dockerFormat.manifest]

/**
 * Open a repository of a registry.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 *
 * @param name in full: `library/debian`
 * @throws `UpstreamRefusal`
 */
export async function openUpstreamRepository(
  upstream: Upstream,
  name: string,
  credential: UpstreamCredential,
): Promise<UpstreamRepository> {
  const authorization = await logInToUpstream(upstream, credential, name)
  const get = async (method: 'GET' | 'HEAD', path: string, accept = '*/*') => {
    const headers = { accept, ...(authorization === undefined ? {} : { authorization }) }
    const answer = await ask(`${upstream.url}/v2/${name}/${path}`, upstream, { method, headers })
    if (answer.status !== 200) throw new UpstreamRefusal(problemOf(answer.status))
    return answer
  }
  return {
    async digestOf(tag) {
      const { headers } = await get('HEAD', `manifests/${tag}`, manifestTypes.join(', '))
      const digest = headers.get('docker-content-digest') ?? ''
      if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new UpstreamRefusal('upstream-unavailable')
      return digest
    },
    async manifest(digest) {
      const { headers, body } = await get('GET', `manifests/${digest}`, manifestTypes.join(', '))
      const [mediaType = ''] = (headers.get('content-type') ?? '').split(';')
      if (!manifestTypes.includes(mediaType)) throw new UpstreamRefusal('upstream-unavailable')
      return verified(contentOf(mediaType, await body()), digest)
    },
    async layer({ digest, mediaType }) {
      const { body } = await get('GET', `blobs/${digest}`)
      return verified(contentOf(mediaType, await body()), digest)
    },
  }
}

function verified(content: Content, digest: string): Content {
  if (content.digest !== digest) throw new UpstreamRefusal('upstream-unavailable')
  return content
}
