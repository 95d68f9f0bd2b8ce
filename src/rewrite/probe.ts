import type { Placed, Placing } from './placing.ts'

/** A part of a reference as a file has it: text, or a variable in the file's own notation. */
export type ReferencePart =
  { readonly text: string; readonly variable?: never } | { readonly variable: string; readonly text?: never }

/**
 * What becomes of a reference that has variables in it: `debian:${TAG}`. A stand-in takes the place of each, and makes way
 * for it again.
 *
 * @param isBehindRegistry whether the parts are those behind a registry, which only `placeBehind` is asked about
 * @returns `undefined` if the variables decide which registry or which part of it is meant: `${HUB}/debian`,
 * `debian${SUFFIX}`
 */
export function placeWithVariables(
  parts: readonly ReferencePart[],
  place: Placing['place'],
  isBehindRegistry = false,
): Placed | undefined {
  const written = parts.map(({ text = '', variable = '' }) => text + variable).join('')
  if (parts.every(({ variable }) => variable === undefined)) return place(written)
  if (!isBehindRegistry && !isRegistryKnown(parts)) return undefined

  // A digest is too long for a stand-in; from the first variable of one on, everything is put behind the name.
  const digest = parts.findIndex(
    ({ text = '' }, index) => text.endsWith('@') && parts[index + 1]?.variable !== undefined,
  )
  const named =
    digest < 0 ? parts : [...parts.slice(0, digest), { text: (parts[digest]?.text ?? '').slice(0, -1) }]
  const behind =
    digest < 0
      ? ''
      : `@${parts
          .slice(digest + 1)
          .map(({ text = '', variable = '' }) => text + variable)
          .join('')}`
  const standIn = unusedWord(written)
  const variables = named.flatMap(({ variable }) => variable ?? [])
  const placed = place(named.map(({ text }) => text ?? standIn).join(''))
  const back = (text: string): string => {
    const pieces = text.split(standIn)
    return (
      pieces
        .map((piece, index) => piece + (index < pieces.length - 1 ? (variables[index] ?? '') : ''))
        .join('') + behind
    )
  }
  switch (placed.kind) {
    case 'arg':
      return { ...placed, rest: back(placed.rest) }
    case 'direct':
    case 'upstream':
      return { ...placed, reference: back(withFirstPart(placed.reference, standIn)) }
    case 'kept':
      return placed
    case 'left':
      return { ...placed, because: placed.because.replaceAll(standIn, '…') }
  }
}

/** Whether the registry, and the first part of the path, stand before the first variable. */
function isRegistryKnown(parts: readonly ReferencePart[]): boolean {
  const first = parts[0]?.text ?? ''
  if (first.includes('/')) return true
  // `localhost:${PORT}/widgets` is a registry, `debian:${TAG}` an image.
  const rest = parts.slice(1).map(({ text = '' }) => text)
  return /[:@]/.test(first) && !rest.some((text) => text.includes('/'))
}

/** A reference that began with a variable could be of any registry, so that the short form is not for it. */
function withFirstPart(reference: string, standIn: string): string {
  const [first = '', ...rest] = reference.split('/')
  if (!(/^[^:@]*/.exec(first)?.[0] ?? '').includes(standIn)) return reference
  return rest.length === 0 ? `library/${reference}` : `docker.io/${reference}`
}

/** A word that is valid in a path and in a tag, and does not occur in a text. */
/** A word that {@link placeWithVariables} puts in the place of a variable. */
export const standInWord = /variable0+standin/g

function unusedWord(text: string): string {
  let word = 'variable0standin'
  while (text.includes(word)) word = word.replace('0', '00')
  return word
}
