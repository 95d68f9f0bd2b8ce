import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Content, Descriptor } from '../../../src/sandbox/oci/content.ts'
import { createImage } from '../../../src/sandbox/oci/image.ts'
import { dockerFormat, isIndex, ociFormat } from '../../../src/sandbox/oci/media-type.ts'
import { linuxAmd64, linuxArm64, parsePlatform } from '../../../src/sandbox/oci/platform.ts'

interface Manifest {
  readonly mediaType: string
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

interface Index {
  readonly mediaType: string
  readonly manifests: readonly (Descriptor & { readonly platform: unknown })[]
}

const parsed = (content: Content | undefined) => JSON.parse(String(content?.body)) as unknown
const sha256 = (body: Buffer) => `sha256:${createHash('sha256').update(body).digest('hex')}`

describe.each([
  ['OCI', ociFormat],
  ['Docker', dockerFormat],
])('an image in the format of %s', (_, format) => {
  const image = createImage({ name: 'library/debian:12', platforms: [linuxAmd64, linuxArm64], format })
  const contents = [image.top, ...image.children, ...image.blobs]
  const find = ({ digest }: Descriptor) => contents.find((content) => content.digest === digest)

  test('has an index of its platforms', () => {
    const index = parsed(image.top) as Index
    expect(index).toEqual({
      schemaVersion: 2,
      mediaType: format.index,
      manifests: image.children.map(({ mediaType, digest, body }, position) => ({
        mediaType,
        digest,
        size: body.length,
        platform: [linuxAmd64, linuxArm64][position],
      })),
    })
    expect(isIndex(image.top.mediaType)).toBe(true)
  })

  test('is made of contents that have the digests and sizes they are said to have', () => {
    for (const { digest, body } of contents) expect(digest).toBe(sha256(body))
    for (const child of image.children) {
      const { mediaType, config, layers } = parsed(child) as Manifest
      expect([mediaType, config.mediaType]).toEqual([format.manifest, format.config])
      for (const descriptor of [config, ...layers]) {
        const { mediaType, size } = descriptor
        expect(find(descriptor)).toMatchObject({ mediaType, body: { length: size } })
      }
    }
  })

  test('has configurations that know what the layers unpack to', () => {
    image.children.forEach((child, position) => {
      const { config, layers } = parsed(child) as Manifest
      const tars = layers.map((layer) => gunzipSync(find(layer)?.body ?? ''))
      expect(parsed(find(config))).toMatchObject({
        ...[linuxAmd64, linuxArm64][position],
        rootfs: { type: 'layers', diff_ids: tars.map(sha256) },
      })
    })
  })

  test('is the same again, and another one by another name', () => {
    const again = (name: string) => createImage({ name, platforms: [linuxAmd64, linuxArm64], format })
    expect(again('library/debian:12')).toEqual(image)
    expect(again('library/debian:13').top.digest).not.toBe(image.top.digest)
  })
})

test('an image of one platform has no index', () => {
  const image = createImage({ name: 'a', platforms: [linuxAmd64] })
  expect([image.top.mediaType, image.children, image.blobs.length]).toEqual([ociFormat.manifest, [], 3])
})

test('a layer is what tar reads', () => {
  const { top, blobs } = createImage({ name: 'library/debian:12', platforms: [linuxArm64] })
  const folder = mkdtempSync(join(tmpdir(), 'layer-'))
  try {
    for (const { digest } of (parsed(top) as Manifest).layers) {
      const file = join(folder, 'layer.tar.gz')
      writeFileSync(file, blobs.find((blob) => blob.digest === digest)?.body ?? '')
      execFileSync('tar', ['-xzf', file, '-C', folder])
    }
    expect(readFileSync(join(folder, 'etc/os-release'), 'utf8')).toContain('ARCHITECTURE=arm64\n')
    expect(readFileSync(join(folder, 'usr/share/image/name'), 'utf8')).toBe(
      'library/debian:12 for linux/arm64\n',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each([
  ['linux/amd64', linuxAmd64],
  ['linux/arm64/v8', linuxArm64],
  ['linux', undefined],
  ['linux/arm64/', undefined],
  ['Linux/amd64', undefined],
])('the platform %s', (text, platform) => {
  expect(parsePlatform(text)).toEqual(platform)
})
