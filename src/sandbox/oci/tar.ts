/** A file of an archive, or a folder. */
export interface TarEntry {
  /** Without a slash at either end, at most 100 bytes of ASCII. */
  readonly path: string
  /** A file's bytes; a folder has none. */
  readonly body?: Buffer
}

const blockSize = 512

/**
 * Write a ustar archive, the same bytes for the same entries: everything is root's and from 1970.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06
 */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, body }) => {
    const size = body?.length ?? 0
    return [headerOf(path, body), body ?? Buffer.alloc(0), Buffer.alloc(-size & (blockSize - 1))]
  })
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)])
}

function headerOf(path: string, body: Buffer | undefined): Buffer {
  const header = Buffer.alloc(blockSize)
  const octal = (value: number, offset: number, length: number) => {
    header.write(value.toString(8).padStart(length - 1, '0'), offset, 'latin1')
  }
  header.write(body ? path : `${path}/`, 0, 100, 'latin1')
  octal(body ? 0o644 : 0o755, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(body?.length ?? 0, 124, 12)
  octal(0, 136, 12)
  header.write(body ? '0' : '5', 156, 'latin1')
  header.write('ustar\u000000root', 257, 'latin1')
  header.write('root', 297, 'latin1')
  // The checksum is made with spaces in its own place.
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1')
  return header
}
