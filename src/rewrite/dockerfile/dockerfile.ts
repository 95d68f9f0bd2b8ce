import { PullthroughError } from '../../errors.ts'
import { canonicalReference, parseReference } from '../../ecr/image-reference.ts'
import { applyEdits } from '../edit.ts'
import type { Format } from '../format.ts'
import type { Placing } from '../placing.ts'
import { addedDeclarations, removedDeclarations } from './declarations.ts'
import { type Instructions, readInstructions } from './instructions.ts'
import { decideReferences } from './references.ts'
import { expand, withoutQuotes } from './variables.ts'

/** What `docker build` reads. */
export const dockerfile: Format = {
  name: 'Dockerfile',
  mayBe: isDockerfileName,
  recognises: ({ path }) => isDockerfileName(path),
  read({ text }, placing) {
    const before = readInstructions(text)
    const { edits, left, used } = decideReferences(before, placing)
    const declarations = placing.isReverse
      ? removedDeclarations(text, before, edits, used)
      : addedDeclarations(text, before, used)
    const reading = { edits: [...edits, ...declarations], left }
    if (reading.edits.length > 0) compare(before, readInstructions(applyEdits(text, reading.edits)), placing)
    return reading
  },
}

/** `Dockerfile`, `Dockerfile.dev`, `api.Dockerfile`, `Containerfile`; not `Dockerfile.dockerignore`. */
function isDockerfileName(path: string): boolean {
  const name = path.split('/').at(-1) ?? ''
  return (
    /^(?:dockerfile|containerfile)(?:[.-].+)?$|\.(?:dockerfile|containerfile)$/i.test(name) &&
    !/\.(?:dockerignore|containerignore|md|ts|js|json|ya?ml)$/i.test(name)
  )
}

/**
 * Hold what would be written against what is there: the same stages, and where variables alone came or went, the same images
 * for who sets none of them.
 *
 * @throws {@link PullthroughError} `ERR_FILE` if they differ
 */
function compare(before: Instructions, after: Instructions, { mode, isReverse }: Placing): void {
  const isByVariable = mode === 'arg'
  const [old, next] = [before, after].map((file) => shapeOf(file, isByVariable))
  if (JSON.stringify(old) === JSON.stringify(next)) return
  throw new PullthroughError(
    'ERR_FILE',
    `the images would not be the same ${isReverse ? 'at their upstreams' : 'with a variable before them'}`,
    { hint: 'rewrite this file by hand' },
  )
}

function shapeOf({ global, stages, sources }: Instructions, withImages: boolean): unknown {
  const defaults = new Map<string, string>()
  for (const { name, value } of global) {
    const expanded = value && expand(withoutQuotes(value).text, defaults)
    if (expanded !== undefined) defaults.set(name, expanded)
  }
  const names = new Set<string>()
  return {
    sources: sources.length,
    stages: stages.map(({ name, image }) => {
      const whole = expand(withoutQuotes(image).text, defaults)
      const isStage = whole !== undefined && names.has(whole.toLowerCase())
      if (name !== undefined) names.add(name)
      if (!withImages) return { name }
      return {
        name,
        image: isStage || whole === undefined ? whole : imageOf(whole),
      }
    }),
  }
}

/** What an image is whichever way it is written; a digest that a variable has does not matter. */
function imageOf(text: string): unknown {
  const [named = '', digest] = text.split('@')
  const { reference } = parseReference(named)
  return { digest, named: reference ? canonicalReference(reference) : named }
}
