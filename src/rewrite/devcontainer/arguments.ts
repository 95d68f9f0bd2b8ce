import type { Node } from 'jsonc-parser'
import type { Edit } from '../format.ts'
import type { Notation } from '../notation.ts'
import type { Placing } from '../placing.ts'
import { propertyIn, valueIn } from './tree.ts'

/**
 * Hand the registries' variables on to the Dockerfile that is built, as `build.args`. In reverse, take them out again.
 *
 * What is put in stands first, and is set off from what follows as that is from its brace, so that taking it out gives the
 * same bytes.
 */
export function argumentEdits(
  text: string,
  build: Node,
  placing: Placing,
  { registry }: Notation,
): readonly Edit[] {
  if (build.type !== 'object' || !registry) return []
  const args = valueIn(build, 'args')
  if (placing.isReverse) return removed(build, args, placing, registry)
  if (placing.mode !== 'arg') return []
  const pairs = placing.variables
    .filter(({ name }) => !valueIn(args, name))
    .map((variable) => `${JSON.stringify(variable.name)}: ${JSON.stringify(registry(variable))}`)
  if (pairs.length === 0) return []
  if (!args) return inserted(text, build, [`"args": { ${pairs.join(', ')} }`])
  return args.type === 'object' ? inserted(text, args, pairs) : []
}

function inserted(text: string, object: Node, pairs: readonly string[]): readonly Edit[] {
  const [first] = object.children ?? []
  if (!first) return []
  const gap = text.slice(object.offset + 1, first.offset)
  // A comment stays where it is.
  const between = /^\s+$/.test(gap) ? gap : ' '
  const start = first.offset
  return [{ start, end: start, text: pairs.map((pair) => `${pair},${between}`).join('') }]
}

function removed(
  build: Node,
  args: Node | undefined,
  { variables }: Placing,
  registry: NonNullable<Notation['registry']>,
): readonly Edit[] {
  const properties = args?.type === 'object' ? (args.children ?? []) : []
  const ours = properties.filter(({ children: [key, value] = [] }) =>
    variables.some((variable) => key?.value === variable.name && value?.value === registry(variable)),
  )
  if (ours.length === 0) return []
  const all = propertyIn(build, 'args')
  const gone = ours.length === properties.length && all ? [all] : ours
  const siblings = gone === ours ? properties : (build.children ?? [])
  return gone.flatMap((property) => {
    const next = siblings[siblings.indexOf(property) + 1]
    // The last one stays: a comma before it, and comments, would have to go too.
    return next ? [{ start: property.offset, end: next.offset, text: '' }] : []
  })
}
