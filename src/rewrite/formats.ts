import { dockerfile } from './dockerfile/dockerfile.ts'
import type { Format, NamedText } from './format.ts'

/** The kinds of files that are known. A file is of the first that recognises it. */
export const formats: readonly Format[] = [dockerfile]

/** The kinds that a file of this name can be. */
export function formatsOfName(path: string): readonly Format[] {
  return formats.filter((format) => format.mayBe(path))
}

/** The kind that a file is; `undefined` if none of them knows it. */
export function formatOf(file: NamedText): Format | undefined {
  return formatsOfName(file.path).find((format) => format.recognises(file))
}
