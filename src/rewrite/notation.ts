import { placeWithVariables, type ReferencePart } from './probe.ts'
import type { Placed, Placing, Variable } from './placing.ts'

/** How a kind of file writes variables in its texts. */
export interface Notation {
  /** The variable of a registry, as it is put before a slash; `undefined` if such files have no variable with a default. */
  readonly registry?: (variable: Variable) => string
  /** Take a text apart into what stands there and the variables in it. */
  split(text: string): readonly ReferencePart[]
  /** A text that is nothing but a variable with a default: `${IMAGE:-redis:7}`. The default alone is looked at. */
  readonly fallback?: (text: string) => Fallback | undefined
}

/** A default, and what stands before and behind it. */
export interface Fallback {
  readonly before: string
  readonly text: string
  readonly behind: string
}

/** A text as it is told: one that is no reference can be of any length. */
export function toldReference(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** What is to be done with a text that names an image. */
export type Decision =
  | { readonly kind: 'write'; readonly text: string }
  | { readonly kind: 'keep' }
  | { readonly kind: 'leave'; readonly because: string }

const keep: Decision = { kind: 'keep' }

/** Longer than any reference, with variables for its parts. Looking for variables takes time that grows with the square. */
export const longestWritten = 2048

/**
 * Decide what becomes of a text that names an image, in the notation of its file.
 *
 * @param noVariables why it is left if a variable is to be put before it and such files have none
 */
export function decide(text: string, placing: Placing, notation: Notation, noVariables: string): Decision {
  if (text.length > longestWritten) return { kind: 'leave', because: 'it is longer than any reference' }
  const { registry } = notation
  const own = registry && placing.variables.find((variable) => text.startsWith(`${registry(variable)}/`))
  if (own) {
    const parts = notation.split(text.slice(registry(own).length + 1))
    return written(
      placeWithVariables(parts, (rest) => placing.placeBehind(own, rest), true),
      notation,
      noVariables,
    )
  }
  const fallback = notation.fallback?.(text)
  if (fallback) {
    const inner = decide(fallback.text, placing, notation, noVariables)
    return inner.kind === 'write' ? { ...inner, text: fallback.before + inner.text + fallback.behind } : inner
  }
  const placed = placeWithVariables(notation.split(text), (reference) => placing.place(reference))
  if (placed) return written(placed, notation, noVariables)
  return placing.isReverse ? keep : { kind: 'leave', because: 'a variable decides which image it is' }
}

function written(placed: Placed | undefined, { registry }: Notation, noVariables: string): Decision {
  switch (placed?.kind) {
    case undefined:
    case 'kept':
      return keep
    case 'left':
      return { kind: 'leave', because: placed.because }
    case 'direct':
    case 'upstream':
      return { kind: 'write', text: placed.reference }
    case 'arg':
      return registry
        ? { kind: 'write', text: registry(placed.variable) + placed.rest }
        : { kind: 'leave', because: noVariables }
  }
}

/** Cut a text at its variables. */
export function splitAt(text: string, variables: RegExp): readonly ReferencePart[] {
  const parts: ReferencePart[] = []
  let at = 0
  for (const { index, 0: variable } of text.matchAll(variables)) {
    if (index > at) parts.push({ text: text.slice(at, index) })
    parts.push({ variable })
    at = index + variable.length
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at) })
  return parts
}

/** Of files whose texts stand for themselves. */
export const noVariables: Notation = { split: (text) => [{ text }] }
