import { setImmediate } from 'node:timers/promises'
import { PullthroughError } from '../../errors.ts'
import type { Placing } from '../../rewrite/placing.ts'
import { type Position, positionsIn } from '../../rewrite/position.ts'
import { type Rewritten, rewriteText } from '../../rewrite/rewrite-text.ts'
import { fileError } from './file-error.ts'
import { readContent, replaceContent } from './file-content.ts'
import { findFiles, type FoundFile, unknownKind, type Unfound } from './find-files.ts'

/** A reference that stays as it is, and where it stands. */
export interface LeftReference extends Position {
  readonly reference: string
  /** Why, in words that end a line. */
  readonly because: string
}

/** What became of one file. */
export type FileOutcome = Pick<FoundFile, 'path' | 'isNamed'> &
  (
    | {
        readonly kind: 'read'
        /** `Dockerfile` */
        readonly format: string
        /** The text before and after; the same if nothing changes. */
        readonly before: string
        readonly after: string
        /** How many places change. */
        readonly edits: number
        readonly left: readonly LeftReference[]
        /** The references that move and are pinned by digest, as they are written. */
        readonly pins: readonly string[]
        readonly isWritten: boolean
      }
    | {
        readonly kind: 'refused'
        /** Its message does not name the file. */
        readonly error: PullthroughError
        /** Whether it could be read, and not be written. */
        readonly isUnwritten: boolean
      }
  )

/** What {@link rewriteFiles} needs. */
export interface RewriteFilesOptions {
  /** Files and directories. */
  readonly paths: readonly string[]
  /** What they are relative to, absolute. */
  readonly cwd: string
  readonly placing: Placing
  /** Whether files are changed, and not only looked at. */
  readonly isWriting: boolean
  readonly signal: AbortSignal
}

/**
 * Rewrite files one after the other, and say what became of each. Files of unknown kinds are passed over, unless they are
 * named.
 *
 * @throws {@link PullthroughError} `ERR_INTERRUPTED`; the file at hand is whole then, old or new.
 */
export async function* rewriteFiles(
  options: RewriteFilesOptions,
): AsyncGenerator<FileOutcome, void, undefined> {
  let looked = 0
  for (const found of findFiles(options.paths, options.cwd)) {
    looked += 1
    // Small files are read and written fastest without waiting; an interruption is heard of in between.
    if (looked % 16 === 0) await setImmediate()
    if (options.signal.aborted) throw new PullthroughError('ERR_INTERRUPTED', 'interrupted')
    const outcome = 'error' in found ? refused(found, found.error) : rewriteFile(found, options)
    if (outcome) yield outcome
  }
}

function rewriteFile(found: FoundFile, { placing, isWriting }: RewriteFilesOptions): FileOutcome | undefined {
  const { path, absolute, isNamed } = found
  let isUnwritten = false
  try {
    const content = readContent(absolute)
    const rewritten = rewriteText({ path, text: content.text }, placing)
    if (!rewritten) return isNamed ? refused(found, unknownKind()) : undefined
    const isWritten = isWriting && rewritten.edits > 0
    isUnwritten = isWritten
    if (isWritten) replaceContent(absolute, content, rewritten.text)
    return {
      kind: 'read',
      path,
      isNamed,
      format: rewritten.format,
      before: content.text,
      after: rewritten.text,
      edits: rewritten.edits,
      left: withPositions(content.text, rewritten.left),
      pins: rewritten.pins,
      isWritten,
    }
  } catch (error) {
    return refused(found, fileError(error), isUnwritten)
  }
}

function refused(
  { path, isNamed }: FoundFile | Unfound,
  error: PullthroughError,
  isUnwritten = false,
): FileOutcome {
  return { kind: 'refused', path, isNamed, error, isUnwritten }
}

function withPositions(text: string, left: Rewritten['left']): readonly LeftReference[] {
  if (left.length === 0) return []
  const positionOf = positionsIn(text)
  return left.map(({ start, reference, because }) => ({ ...positionOf(start), reference, because }))
}
