import type { Format, NamedText, Reading } from '../format.ts'
import { type Notation, splitAt } from '../notation.ts'
import type { Placing } from '../placing.ts'
import { readDocuments } from './documents.ts'
import { type Images, images } from './images.ts'
import { type Find, itemsOf, pairFinder, pairsOf, scalarOf, valueAt } from './lookup.ts'
import { hasTopLevelKey } from './name.ts'
import type { YamlNode, YamlScalar } from './node.ts'

/** What CodeBuild reads: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html. */
export const buildspec: Format = {
  name: 'buildspec',
  mayBe: isBuildspecName,
  recognises: ({ path, text }) =>
    isBuildspecName(path) && (hasTopLevelKey(text, 'phases') || hasTopLevelKey(text, 'batch')),
  read,
}

/** `buildspec.yml`, `buildspec-test.yml`, `api.buildspec.yaml`. */
function isBuildspecName(path: string): boolean {
  return /(?:^|\/)(?:[^/]*[.-])?buildspec(?:[._-][^/]*)?\.ya?ml$/.test(path)
}

const notation: Notation = { split: (text) => splitAt(text, /\$\w+|\$\{[^}]*\}/g) }

const reasons = {
  noVariables: 'CodeBuild reads it before there are variables: --mode direct writes the cache',
}

function read({ text }: NamedText, placing: Placing): Reading {
  const found = images(text, placing, notation, reasons)
  const find = pairFinder()
  for (const document of readDocuments(text, /image|docker/)) {
    const batch = find(document, 'batch')?.value
    for (const kind of ['build-list', 'build-graph']) {
      for (const build of itemsOf(find(batch, kind)?.value)) move(valueAt(find, build, 'env', 'image'), found)
    }
    for (const kind of ['static', 'dynamic']) {
      const image = valueAt(find, batch, 'build-matrix', kind, 'env', 'image')
      for (const one of image ? [image, ...itemsOf(image)] : []) move(one, found)
    }
    move(valueAt(find, batch, 'build-fanout', 'env', 'image'), found)
    for (const { value: phase } of pairsOf(find(document, 'phases')?.value)) readCommands(phase, find, found)
  }
  return found.reading()
}

/** CodeBuild’s own images look like those of Docker Hub: `aws/codebuild/standard:7.0`. */
function move(node: YamlNode | undefined, found: Images): void {
  if (!scalarOf(node)?.value.startsWith('aws/codebuild/')) found.move(node)
}

function readCommands(phase: YamlNode, find: Find, found: Images): void {
  for (const name of ['commands', 'finally']) {
    for (const command of itemsOf(find(phase, name)?.value)) {
      const scalar = scalarOf(command)
      for (const image of scalar ? pulledBy(scalar) : []) {
        found.leaveAt(scalar?.start ?? 0, image, 'it is in a shell command: change it by hand')
      }
    }
  }
}

/** The images of `docker pull` and `docker run`, as far as no option before them can be mistaken for one. */
function pulledBy({ value }: YamlScalar): readonly string[] {
  const option = String.raw`(?:--[\w-]+=\S+|--rm|--quiet|--detach|--interactive|--tty|--privileged|--init|-[ditq]+)`
  const command = new RegExp(
    String.raw`\bdocker(?:[ \t]+(?:image|container))?[ \t]+(?:pull|run)[ \t]+(?:${option}[ \t]+)*["']?(?<image>[\w$][^\s"'();|&<>]*)`,
    'g',
  )
  return [...value.matchAll(command)].flatMap(({ groups }) => groups?.['image'] ?? [])
}
