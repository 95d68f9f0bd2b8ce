import type { Format, NamedText, Reading } from '../format.ts'
import { type Notation, splitAt } from '../notation.ts'
import type { Placing, Variable } from '../placing.ts'
import { readDocuments } from './documents.ts'
import { gitlabServices } from './gitlab-services.ts'
import { gitlabVariables } from './gitlab-variables.ts'
import { images } from './images.ts'
import { pairFinder, pairsOf } from './lookup.ts'
import type { YamlNode } from './node.ts'

/** Pipelines of GitLab: https://docs.gitlab.com/ci/yaml/. */
export const gitlabCi: Format = {
  name: 'GitLab CI',
  mayBe: isPipelineName,
  recognises: ({ path }) => isPipelineName(path),
  read,
}

function isPipelineName(path: string): boolean {
  return /\.gitlab-ci\.ya?ml$/.test(path)
}

const notation: Notation = {
  registry: ({ name }: Variable) => `\${${name}}`,
  split: (text) => splitAt(text, /\$\$|\$\w+|\$\{\w+\}|\$\[\[.*?\]\]/g),
}

/** Keys that have no jobs behind them. */
const keywords: readonly string[] = ['variables', 'stages', 'include', 'workflow', 'spec', 'cache']

function read({ text }: NamedText, placing: Placing): Reading {
  const documents = readDocuments(text, /image|services|variables/)
  const find = pairFinder()
  const places = documents.flatMap((document) => [document, ...jobsOf(document)])
  const allLeft = gitlabVariables.taken(text, documents, places, find, placing)
  const known = { ...placing, variables: gitlabVariables.set(documents, find, placing) }
  const found = images(text, known, notation, { allLeft })
  const services = gitlabServices(text, known, notation, find, found, allLeft)
  for (const place of places) {
    const image = find(place, 'image')?.value
    found.move(image?.kind === 'map' ? find(image, 'name')?.value : image)
    services(find(place, 'services')?.value)
  }
  gitlabVariables.edit(text, documents, find, placing, found)
  return found.reading()
}

/** Jobs, hidden ones among them, and what holds for all: `default`. */
function jobsOf(document: YamlNode): readonly YamlNode[] {
  return pairsOf(document)
    .filter(({ key, value }) => !keywords.includes(key) && value.kind === 'map')
    .map(({ value }) => value)
}
