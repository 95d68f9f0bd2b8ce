import type { Format, NamedText, Reading } from '../format.ts'
import { type Notation, splitAt } from '../notation.ts'
import type { Placing } from '../placing.ts'
import { readDocuments } from './documents.ts'
import { type Images, images } from './images.ts'
import { itemsOf, pairFinder, valueAt } from './lookup.ts'
import { hasTopLevelKey, isYamlName } from './name.ts'
import type { YamlNode } from './node.ts'

/** What Skaffold reads: https://skaffold.dev/docs/references/yaml/. */
export const skaffold: Format = {
  name: 'Skaffold',
  mayBe: isYamlName,
  recognises: ({ path, text }) => isYamlName(path) && hasTopLevelKey(text, 'apiVersion', 'skaffold/'),
  read,
}

const notation: Notation = { split: (text) => splitAt(text, /\{\{.*?\}\}/g) }

const reasons = {
  noVariables: 'Skaffold has no variable with a default there: --mode direct writes the cache',
}

function read({ text }: NamedText, placing: Placing): Reading {
  const found = images(text, placing, notation, reasons)
  for (const document of readDocuments(text, /image|Image|builder/)) {
    readConfiguration(document, found)
    for (const profile of itemsOf(valueAt(pairFinder(), document, 'profiles')))
      readConfiguration(profile, found)
  }
  return found.reading()
}

/** What is pulled to build with or from. An artifact’s own `image` is the name of what is built. */
const pulled: readonly (readonly string[])[] = [
  ['buildpacks', 'builder'],
  ['buildpacks', 'runImage'],
  ['jib', 'fromImage'],
  ['ko', 'fromImage'],
  ['kaniko', 'image'],
  ['kaniko', 'initImage'],
]

function readConfiguration(node: YamlNode, found: Images): void {
  const find = pairFinder()
  for (const artifact of itemsOf(valueAt(find, node, 'build', 'artifacts'))) {
    for (const keys of pulled) found.move(valueAt(find, artifact, ...keys))
  }
  // What was built stands here too, by its own name.
  const built = new Set(
    itemsOf(valueAt(find, node, 'build', 'artifacts')).flatMap((artifact) => {
      const image = find(artifact, 'image')?.value
      return image?.kind === 'scalar' ? [image.value] : []
    }),
  )
  const moveUnlessBuilt = (image: YamlNode | undefined) => {
    if (image?.kind === 'scalar' && !built.has(image.value)) found.move(image)
  }
  for (const test of itemsOf(find(node, 'verify')?.value))
    moveUnlessBuilt(valueAt(find, test, 'container', 'image'))
  for (const action of itemsOf(find(node, 'customActions')?.value)) {
    for (const container of itemsOf(find(action, 'containers')?.value))
      moveUnlessBuilt(find(container, 'image')?.value)
  }
}
