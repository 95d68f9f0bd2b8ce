import { createHash } from 'node:crypto'

/** A blob or a manifest, by what it hashes to. */
export interface Content {
  readonly mediaType: string
  readonly digest: string
  readonly body: string
}

/** What points at a content: https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  /** In bytes. */
  readonly size: number
}

/** A JSON document as content. */
export function contentOf(mediaType: string, value: unknown): Content {
  const body = JSON.stringify(value)
  return { mediaType, body, digest: `sha256:${createHash('sha256').update(body).digest('hex')}` }
}

export function descriptorOf({ mediaType, digest, body }: Content): Descriptor {
  return { mediaType, digest, size: Buffer.byteLength(body) }
}
