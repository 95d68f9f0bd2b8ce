import { looksLikeToken } from '../checks/image-or-text.ts'
import type { FileOutcome, LeftReference } from '../engine/rewrite/rewrite-files.ts'
import type { PullthroughError } from '../errors.ts'
import type { Mode } from '../rewrite/placing.ts'
import { errorJson } from './rendering/error-json.ts'
import { oneLine } from './rendering/one-line.ts'

/** What is kept of a file when it has been told. */
export type FileReport =
  | (Omit<Extract<FileOutcome, { kind: 'read' }>, 'before' | 'after'> & { readonly before?: never })
  | Extract<FileOutcome, { kind: 'refused' }>

/** Everything a `rewrite` has to tell when it is over. */
export interface RewriteReport {
  readonly mode: Mode
  readonly isReverse: boolean
  readonly isWriting: boolean
  readonly files: readonly FileReport[]
  /** Why nothing could be looked at, or not everything. */
  readonly error?: PullthroughError
}

/** A reference that stays as it is, and why: `Dockerfile:3:13: nginx:1 stays: …`. */
export function renderLeft(path: string, { line, column, reference, because }: LeftReference): string {
  return `${oneLine(path)}:${line}:${column}: ${shownReference(reference)} stays: ${oneLine(because)}`
}

/**
 * What has to be done once for each image that moves and is pinned by digest, since ECR fetches nothing by digest.
 * https://github.com/aws/containers-roadmap/issues/2837
 */
export function renderPins({ files }: RewriteReport): readonly string[] {
  const pins = new Set(files.flatMap((file) => (file.kind === 'read' ? file.pins : [])))
  return [...pins].map((pin) => {
    const [name = '', digest = ''] = pin.split('@')
    const hasTag = /:[^/]*$/.test(name)
    return `${oneLine(pin)} is pinned, and ECR fetches nothing by digest: once bring it by its tag: pullthrough verify --pull ${oneLine(name)}${hasTag ? '' : ':TAG'}@${oneLine(digest)}`
  })
}

function shownReference(reference: string): string {
  if (looksLikeToken(reference)) return '…'
  const text = oneLine(reference)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** How much changes: `3 places in 2 files`. */
export function renderTotal({ files, isWriting }: RewriteReport): string {
  const changed = files.flatMap((file) => (file.kind === 'read' && file.edits > 0 ? [file] : []))
  if (changed.length === 0) return 'nothing to change'
  const places = changed.reduce((sum, { edits }) => sum + edits, 0)
  const text = `${counted(places, 'place')} in ${counted(changed.length, 'file')}`
  return isWriting ? `changed ${text}` : `${text} would change`
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

/** The answer for programs; `docs/json.md` documents it. */
export function renderRewriteJson({ mode, isReverse, isWriting, files, error }: RewriteReport): string {
  return JSON.stringify({
    version: 1,
    command: 'rewrite',
    mode,
    reverse: isReverse,
    write: isWriting,
    files: files.flatMap((file) =>
      file.kind === 'read'
        ? [
            {
              path: file.path,
              format: file.format,
              edits: file.edits,
              written: file.isWritten,
              left: file.left.map(({ line, column, reference, because }) => ({
                line,
                column,
                reference: shownReference(reference),
                because,
              })),
              pins: file.pins,
            },
          ]
        : [],
    ),
    refused: files.flatMap((file) =>
      file.kind === 'refused' ? [{ path: file.path, named: file.isNamed, error: errorJson(file.error) }] : [],
    ),
    ...(error ? { error: errorJson(error) } : {}),
  })
}
