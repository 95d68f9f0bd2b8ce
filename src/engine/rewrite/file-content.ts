import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PullthroughError } from '../../errors.ts'

/** A file as it was read. */
export interface FileContent {
  /** A byte order mark included. */
  readonly text: string
  readonly bytes: Buffer
}

/** Files are read whole, and taken apart in memory. In bytes. */
const largest = 16 * 1024 * 1024

/**
 * Read a text file.
 *
 * @throws {@link PullthroughError} `ERR_FILE` if it is larger than 16 MiB or not UTF-8; what the file system throws.
 */
export async function readContent(path: string): Promise<FileContent> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size } = await file.stat()
    if (size > largest) {
      throw new PullthroughError('ERR_FILE', `it has ${size} bytes, and more than ${largest} are not read`)
    }
    const bytes = await file.readFile()
    if (bytes[0] === 0xff && bytes[1] === 0xfe) throw notUtf8('UTF-16')
    if (bytes[0] === 0xfe && bytes[1] === 0xff) throw notUtf8('UTF-16')
    if (bytes.includes(0)) throw new PullthroughError('ERR_FILE', 'it is no text: it has NUL bytes')
    try {
      return { bytes, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
    } catch {
      throw notUtf8('something else')
    }
  } finally {
    await file.close()
  }
}

function notUtf8(encoding: string): PullthroughError {
  return new PullthroughError('ERR_FILE', `it is encoded in ${encoding}, and not in UTF-8`)
}

/**
 * Replace a file at once: who reads it meanwhile reads the old text or the new. Its mode stays, and its owner where that is
 * allowed; a hard link to it keeps the old text.
 *
 * @param before as it was read
 * @throws {@link PullthroughError} `ERR_FILE` if it has changed since; what the file system throws.
 */
export async function replaceContent(path: string, before: FileContent, text: string): Promise<void> {
  await access(path, constants.W_OK)
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}`)
  const original = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const { mode, uid, gid } = await original.stat()
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.chmod(mode & 0o7777)
      const made = await file.stat()
      if (made.uid !== uid || made.gid !== gid) await file.chown(uid, gid).catch(() => undefined)
      await file.sync()
    } finally {
      await file.close()
    }
    if (!(await original.readFile()).equals(before.bytes)) {
      throw new PullthroughError('ERR_FILE', 'it was changed while it was being rewritten', {
        hint: 'run the same command again',
      })
    }
    await rename(temporary, path)
  } finally {
    await original.close()
    await rm(temporary, { force: true })
  }
}
