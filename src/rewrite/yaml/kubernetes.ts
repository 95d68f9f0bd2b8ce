import { PullthroughError } from '../../errors.ts'
import type { Format, NamedText, Reading } from '../format.ts'
import { noVariables, splitAt } from '../notation.ts'
import type { Placing } from '../placing.ts'
import { readDocuments } from './documents.ts'
import { type Images, images } from './images.ts'
import { itemsOf, pairFinder, pairsOf, scalarOf } from './lookup.ts'
import { hasTopLevelKey, isYamlName } from './name.ts'
import type { YamlNode } from './node.ts'

/** Manifests of Kubernetes, of whatever kind: they are known by `apiVersion` and `kind`. */
export const kubernetes: Format = {
  name: 'Kubernetes',
  mayBe: isYamlName,
  recognises: ({ path, text }) =>
    isYamlName(path) && hasTopLevelKey(text, 'apiVersion') && hasTopLevelKey(text, 'kind'),
  read,
}

/** Argo's and others' parameters, and Helm's values inside of quotes: `"nginx:{{ .Values.tag }}"`. */
const notation = { split: (text: string) => splitAt(text, /\{\{.*?\}\}|\$\(.*?\)|\$\{.*?\}/g) }

const reasons = { noVariables: 'manifests of Kubernetes have no variables: --mode direct writes the cache' }

function read({ text }: NamedText, placing: Placing): Reading {
  try {
    const found = images(text, placing, notation, reasons)
    for (const document of readDocuments(text, /ontainers|reference/)) readManifest(document, found)
    return found.reading()
  } catch (error) {
    if (error instanceof PullthroughError && text.includes('{{')) return readTemplate(text, placing)
    throw error
  }
}

function readManifest(document: YamlNode, found: Images): void {
  const find = pairFinder()
  const { value: kind } = find(document, 'kind') ?? {}
  const { value: version } = find(document, 'apiVersion') ?? {}
  if (scalarOf(kind) && scalarOf(version)) readPods(document, found)
}

const lists: readonly string[] = ['containers', 'initContainers', 'ephemeralContainers']

/**
 * Containers wherever they are: in pods, in the templates of workloads, in those of other kinds, in lists of manifests.
 * Each is `{ name, image }` in a list of one of three names, and a volume has an image as its `image.reference`:
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/.
 */
function readPods(document: YamlNode, found: Images): void {
  const find = pairFinder()
  const seen = new Set<YamlNode>()
  const walk = (node: YamlNode): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const { key, value } of pairsOf(node)) {
      if (lists.includes(key)) {
        for (const container of itemsOf(value)) {
          if (find(container, 'name')) found.move(find(container, 'image')?.value)
        }
      }
      if (key === 'volumes') {
        for (const volume of itemsOf(value))
          found.move(find(find(volume, 'image')?.value, 'reference')?.value)
      }
      walk(value)
    }
    for (const item of itemsOf(node)) walk(item)
  }
  walk(document)
}

/** A template of Helm, which is no YAML before Helm has filled it in. What comes from values is moved in those. */
function readTemplate(text: string, placing: Placing): Reading {
  const found = images(text, placing, noVariables)
  for (const { index, 0: line, groups } of text.matchAll(
    /^[ \t-]*image:[ \t]*["']?(?<reference>[^\s"'#{}]+)["']?[ \t]*(?:#.*)?$/gm,
  )) {
    const { reference = '' } = groups ?? {}
    found.leaveAt(index + line.indexOf(reference, line.indexOf(':') + 1), reference, templateStays)
  }
  return found.reading()
}

const templateStays = 'it is in a template of Helm: make it a value, which can be moved'
