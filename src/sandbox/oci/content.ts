import { createHash } from 'node:crypto'

/** A blob or a manifest, by what it hashes to. */
export interface Content {
  readonly mediaType: string
  /** `sha256:` and 64 hexadecimal digits: of `body`, byte for byte. */
  readonly digest: string
  readonly body: Buffer
}

/** What points at a content. https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  /** In bytes. */
  readonly size: number
}

/** Bytes as content. */
export function contentOf(mediaType: string, body: Buffer): Content {
  return { mediaType, digest: digestOf(body), body }
}

/** A JSON document as content. */
export function jsonContent(mediaType: string, value: unknown): Content {
  return contentOf(mediaType, Buffer.from(JSON.stringify(value)))
}

export function descriptorOf({ mediaType, digest, body }: Content): Descriptor {
  return { mediaType, digest, size: body.length }
}

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
export function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}
