import type { Format, NamedText, Reading } from '../format.ts'
import { type Fallback, type Notation, splitAt } from '../notation.ts'
import type { Placing, Variable } from '../placing.ts'
import { buildArguments } from './compose-arguments.ts'
import { readDocuments } from './documents.ts'
import { type Images, images } from './images.ts'
import { type Find, itemsOf, pairFinder, pairsOf, scalarOf } from './lookup.ts'
import type { YamlNode } from './node.ts'

/** What `docker compose` reads: https://docs.docker.com/reference/compose-file/. */
export const compose: Format = {
  name: 'Compose',
  mayBe: isComposeName,
  recognises: ({ path }) => isComposeName(path),
  read,
}

/** `compose.yaml`, `docker-compose.yml`, `compose.override.yaml`, `docker-compose-test.yml`. */
function isComposeName(path: string): boolean {
  return /(?:^|\/)(?:docker-)?compose(?:[.-][^/]*)?\.ya?ml$/.test(path)
}

/** A variable as https://docs.docker.com/reference/compose-file/interpolation/ writes it; `$$` is a dollar. */
const variables = /\$\$|\$[_a-zA-Z]\w*|\$\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}/g

const notation: Notation = {
  registry: registryIn,
  split: (text) => splitAt(text, variables),
  fallback: (text): Fallback | undefined => {
    const { before, inner } = /^(?<before>\$\{\w+:?-)(?<inner>.+)\}$/s.exec(text)?.groups ?? {}
    if (before === undefined || inner === undefined || splitAt(text, variables).length !== 1) return undefined
    return { before, text: inner, behind: '}' }
  },
}

function registryIn({ name, upstream }: Variable): string {
  return `\${${name}:-${upstream}}`
}

function read({ text }: NamedText, placing: Placing): Reading {
  const allLeft =
    placing.mode === 'arg' && !placing.isReverse ? takenName(text, placing.variables) : undefined
  const found = images(text, placing, notation, { allLeft })
  for (const document of readDocuments(text, /image|build/)) {
    readServices(text, document, allLeft === undefined ? placing : undefined, found)
  }
  return found.reading()
}

/** @param placing absent if the variables are not to be used */
function readServices(text: string, document: YamlNode, placing: Placing | undefined, found: Images): void {
  const find = pairFinder()
  const services = pairsOf(find(document, 'services')?.value).map(({ value }) => value)
  const builds = placing && buildArguments(text, placing, find, registryIn, found)

  // First what is built: its image is the name that it gets, also where another service takes that over by an alias.
  for (const service of services)
    if (isBuilt(find(service, 'build')?.value)) found.ignore(find(service, 'image')?.value)
  for (const service of services) {
    found.move(find(service, 'image')?.value)
    for (const volume of itemsOf(find(service, 'volumes')?.value)) {
      if (scalarOf(find(volume, 'type')?.value)?.value === 'image') found.move(find(volume, 'source')?.value)
    }
    const build = find(service, 'build')?.value
    readBuild(build, find, found)
    if (build) builds?.(build)
  }
}

/** Not where `!reset` takes the `build` of another file away: https://docs.docker.com/reference/compose-file/merge/#reset-value. */
function isBuilt(build: YamlNode | undefined): boolean {
  return build !== undefined && !(build.kind === 'other' && build.tag === '!reset')
}

/** The images that a build names itself: https://docs.docker.com/reference/compose-file/build/. */
function readBuild(build: YamlNode | undefined, find: Find, found: Images): void {
  const contexts = find(build, 'additional_contexts')?.value
  for (const { value } of pairsOf(contexts)) found.move(value, imageScheme)
  for (const item of itemsOf(contexts)) {
    const scheme = /^[^=]*=docker-image:\/\//.exec(scalarOf(item)?.value ?? '')?.[0]
    if (scheme !== undefined) found.move(item, scheme)
  }
  for (const { key, value } of pairsOf(find(build, 'args')?.value)) {
    if (/image$/i.test(key)) found.leave(value, 'whether this is an image is for the Dockerfile to say')
  }
  const inline = scalarOf(find(build, 'dockerfile_inline')?.value)
  const stages = new Set<string>(['scratch'])
  for (const [, from = '', stage] of inline?.value.matchAll(
    /^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?/gim,
  ) ?? []) {
    if (!stages.has(from.toLowerCase())) found.leaveAt(inline?.start ?? 0, from, inlineStays)
    if (stage !== undefined) stages.add(stage.toLowerCase())
  }
}

const imageScheme = 'docker-image://'

const inlineStays = 'it is in a Dockerfile inside of this file: put that into a file of its own'

/** Who sets a variable for us must not change what a file uses it for already. */
function takenName(text: string, ours: readonly Variable[]): string | undefined {
  const taken = ours.find((variable) =>
    [...text.matchAll(new RegExp(String.raw`(?<!\$)\$\{?${variable.name}(?!\w)`, 'g'))].some(
      ({ index }) => !text.startsWith(registryIn(variable), index),
    ),
  )
  return taken && `this file uses ${taken.name} for something else: --mode direct does without it`
}
