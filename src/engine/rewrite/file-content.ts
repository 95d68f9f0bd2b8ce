import { randomBytes } from 'node:crypto'
import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
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
export function readContent(path: string): FileContent {
  const bytes = readRegularFile(path)
  if (bytes[0] === 0xff && bytes[1] === 0xfe) throw notUtf8('UTF-16')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) throw notUtf8('UTF-16')
  if (bytes.includes(0)) throw new PullthroughError('ERR_FILE', 'it is no text: it has NUL bytes')
  try {
    return { bytes, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    throw notUtf8('something else')
  }
}

function readRegularFile(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size } = fstatSync(file)
    if (size > largest) {
      throw new PullthroughError('ERR_FILE', `it has ${size} bytes, and more than ${largest} are not read`)
    }
    return readFileSync(file)
  } finally {
    closeSync(file)
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
export function replaceContent(path: string, before: FileContent, text: string): void {
  accessSync(path, constants.W_OK)
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}`)
  const original = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    writeBeside(temporary, text, fstatSync(original))
    if (!readFileSync(original).equals(before.bytes)) {
      throw new PullthroughError('ERR_FILE', 'it was changed while it was being rewritten', {
        hint: 'run the same command again',
      })
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(original)
  }
}

/** Write a new file with the mode of another, and its owner where that is allowed. */
function writeBeside(path: string, text: string, { mode, uid, gid }: Stats): void {
  const file = openSync(path, 'wx', mode)
  try {
    writeFileSync(file, text)
    fchmodSync(file, mode & 0o7777)
    const made = fstatSync(file)
    if (made.uid === uid && made.gid === gid) return
  } finally {
    closeSync(file)
  }
  try {
    chownSync(path, uid, gid)
  } catch {
    // Only root may give a file away.
  }
}
