import type { Node } from 'jsonc-parser'
import type { Edit, Format, Left, NamedText, Reading } from '../format.ts'
import { decide, type Notation, splitAt, toldReference } from '../notation.ts'
import type { Placing, Variable } from '../placing.ts'
import { argumentEdits } from './arguments.ts'
import { readTree, valueIn } from './tree.ts'

/** What dev containers are made from: https://containers.dev/implementors/json_reference/. */
export const devcontainer: Format = {
  name: 'Dev container',
  mayBe: isDevcontainerName,
  recognises: ({ path }) => isDevcontainerName(path),
  read,
}

/** `.devcontainer/devcontainer.json`, `.devcontainer/go/devcontainer.json`, `.devcontainer.json`. */
function isDevcontainerName(path: string): boolean {
  return /(?:^|\/)\.?devcontainer\.json$/.test(path)
}

/** https://containers.dev/implementors/json_reference/#variables-in-devcontainerjson */
const notation: Notation = {
  registry: ({ name, upstream }: Variable) => `\${localEnv:${name}:${upstream}}`,
  split: (text) => splitAt(text, /\$\{[^}]*\}/g),
}

/** In a file that uses the variables for something else. */
const withoutRegistry: Notation = { split: (text) => notation.split(text) }

const featureStays = 'the tool of the dev container fetches it itself, and not as an image'

function read({ text }: NamedText, placing: Placing): Reading {
  const edits: Edit[] = []
  const left: Left[] = []
  const tree = readTree(text)
  const taken = placing.mode === 'arg' && !placing.isReverse ? takenName(text, placing) : undefined
  const leave = (node: Node, reference: string, because: string) => {
    left.push({ start: node.offset, reference: toldReference(reference), because })
  }

  const image = valueIn(tree, 'image')
  if (image?.type === 'string') {
    const reference = String(image.value)
    const decision = decide(reference, placing, taken === undefined ? notation : withoutRegistry, taken ?? '')
    if (decision.kind === 'leave') leave(image, reference, decision.because)
    if (decision.kind === 'write') {
      edits.push({
        start: image.offset,
        end: image.offset + image.length,
        text: JSON.stringify(decision.text),
      })
    }
  }
  for (const { children: [key] = [] } of valueIn(tree, 'features')?.children ?? []) {
    const reference = String(key?.value)
    // A path, or the address of an archive, is none that could move.
    if (!key || /^(?:\.|https?:)/.test(reference)) continue
    const decision = decide(reference, placing, notation, featureStays)
    if (decision.kind !== 'keep')
      leave(key, reference, decision.kind === 'leave' ? decision.because : featureStays)
  }
  const build = valueIn(tree, 'build')
  if (build && taken === undefined) edits.push(...argumentEdits(text, build, placing, notation))
  return { edits, left }
}

/** Who sets a variable for us must not change what a file uses it for already. */
function takenName(text: string, { variables }: Placing): string | undefined {
  const taken = variables.find((variable) =>
    [...text.matchAll(new RegExp(String.raw`\$\{(?:local)?[eE]nv:${variable.name}[:}]`, 'g'))].some(
      ({ index }) => !text.startsWith(notation.registry?.(variable) ?? '', index),
    ),
  )
  return taken && `this file uses ${taken.name} for something else: --mode direct does without it`
}
