import type { Placing } from './placing.ts'

/** A piece of a text and what is to stand in its place. Offsets are JavaScript's: UTF-16 code units. */
export interface Edit {
  readonly start: number
  /** The offset after the last; equal to `start` where something is inserted. */
  readonly end: number
  readonly text: string
}

/** A reference that could be moved and is left as it is. */
export interface Left {
  /** The offset where it stands. */
  readonly start: number
  /** As it is written. */
  readonly reference: string
  /** Why, in words that end a line: `the runner pulls it before any step could log in to ECR`. */
  readonly because: string
}

/** What a format has to say of one file. */
export interface Reading {
  /** In any order; they never overlap, and at most one inserts at an offset. */
  readonly edits: readonly Edit[]
  readonly left: readonly Left[]
}

/** A file as it is looked at: what is given to {@link Format.recognises}. */
export interface NamedText {
  /** With `/` between its parts, from the path that was given: `deploy/compose.yaml`. */
  readonly path: string
  readonly text: string
}

/** One kind of file that names images. */
export interface Format {
  /** As people call it: `Dockerfile`, `Compose`, `GitLab CI`. */
  readonly name: string
  /**
   * Whether a name can be that of such a file. Files that no format may want are not read at all.
   *
   * @param path with `/` between its parts
   */
  mayBe(path: string): boolean
  /** Whether a file that may be of this kind is: by its name, and by what it says where a name is not enough. */
  recognises(file: NamedText): boolean
  /**
   * Find the references of a file and say what becomes of each.
   *
   * @throws `PullthroughError` `ERR_FILE` (the message says what is wrong and in which line, and does not name the file) if
   * it is not readable as what it is.
   */
  read(file: NamedText, placing: Placing): Reading
}
