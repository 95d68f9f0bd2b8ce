import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PullthroughError } from '../../errors.ts'
import { formats, formatsOfName } from '../../rewrite/formats.ts'
import { fileError } from './file-error.ts'

/** A file that may name images. */
export interface FoundFile {
  /** From the path that was given, with `/` between its parts. */
  readonly path: string
  /** Where it is. */
  readonly absolute: string
  /** Whether it was given itself, rather than a directory that has it. */
  readonly isNamed: boolean
}

/** A file or a directory that cannot be looked at. */
export interface Unfound extends Pick<FoundFile, 'path' | 'isNamed'> {
  readonly error: PullthroughError
}

/** Directories that hold what others wrote. */
const notEntered: ReadonlySet<string> = new Set(['.git', 'node_modules'])

/**
 * Find the files whose names may be those of a known kind, each once, in the order of their names. Within directories
 * symbolic links are not followed, so that nothing outside is met and no walk goes in circles.
 *
 * @param given files and directories
 * @param cwd what they are relative to, absolute
 */
export function* findFiles(
  given: readonly string[],
  cwd: string,
): Generator<FoundFile | Unfound, void, undefined> {
  const named = new Set(given.map((path) => placeOf(resolve(cwd, path))))
  const met = new Set<string>()
  for (const path of given) {
    for (const file of filesOf(path, cwd)) {
      if ('error' in file) {
        yield file
      } else if (!met.has(file.absolute)) {
        met.add(file.absolute)
        yield { ...file, isNamed: named.has(file.absolute) }
      }
    }
  }
}

function* filesOf(given: string, cwd: string): Generator<FoundFile | Unfound, void, undefined> {
  const path = join(given)
    .replaceAll('\\', '/')
    .replace(/(?<=.)\/$/, '')
  const absolute = resolve(cwd, given)
  try {
    if (statSync(absolute).isDirectory()) {
      yield* filesBelow(realpathSync(absolute), path)
      return
    }
    const itself = lstatSync(absolute)
    if (itself.isSymbolicLink()) {
      throw new PullthroughError('ERR_FILE', 'it is a symbolic link', {
        hint: 'name the file that it leads to',
      })
    }
    if (!itself.isFile()) throw new PullthroughError('ERR_FILE', 'it is no regular file')
    if (formatsOfName(path).length === 0) throw unknownKind()
    yield { path, absolute: realpathSync(absolute), isNamed: true }
  } catch (error) {
    yield { path, isNamed: true, error: fileError(error) }
  }
}

function* filesBelow(directory: string, path: string): Generator<FoundFile | Unfound, void, undefined> {
  const pending = [{ directory, path }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { directory: absolute, path: shown } = next
    const entries = entriesOf(absolute)
    if (!Array.isArray(entries)) {
      yield { path: shown, isNamed: absolute === directory, error: entries }
      continue
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      const below = shown === '.' ? entry.name : `${shown}/${entry.name}`
      if (entry.isFile() && formatsOfName(below).length > 0) {
        yield { path: below, absolute: join(absolute, entry.name), isNamed: false }
      }
    }
    for (const entry of entries.toReversed()) {
      if (!entry.isDirectory() || notEntered.has(entry.name)) continue
      const below = shown === '.' ? entry.name : `${shown}/${entry.name}`
      pending.push({ directory: join(absolute, entry.name), path: below })
    }
  }
}

/** Where a path leads; `undefined` if nowhere. */
function placeOf(absolute: string): string | undefined {
  try {
    return realpathSync(absolute)
  } catch {
    return undefined
  }
}

function entriesOf(directory: string): Dirent[] | PullthroughError {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch (error) {
    return fileError(error)
  }
}

/** Why a file that was named is not touched. */
export function unknownKind(): PullthroughError {
  return new PullthroughError('ERR_FILE', 'it is of no kind that is known', {
    hint: `these are known: ${formats.map(({ name }) => name).join(', ')}`,
  })
}
