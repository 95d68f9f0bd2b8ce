import { parseReference } from '../../ecr/image-reference.ts'
import type { Format, NamedText, Reading } from '../format.ts'
import { decide, longestWritten, splitAt } from '../notation.ts'
import type { Placing } from '../placing.ts'
import { readDocuments } from './documents.ts'
import { type Images, images } from './images.ts'
import { itemsOf, pairFinder, pairsOf, scalarOf, valueAt } from './lookup.ts'
import { hasTopLevelKey } from './name.ts'
import type { YamlNode, YamlScalar } from './node.ts'
import { writeScalar } from './scalar.ts'

/** The values of a Helm chart. What their names mean is for the chart to say, so that only the usual ones are known. */
export const helmValues: Format = {
  name: 'Helm values',
  mayBe: isValuesName,
  recognises: ({ path, text }) => isValuesName(path) && !hasTopLevelKey(text, 'apiVersion'),
  read,
}

/** `values.yaml`, `values-prod.yaml`, `values.prod.yaml`, `prod-values.yaml`, `prod.values.yaml`. */
function isValuesName(path: string): boolean {
  return /(?:^|\/)(?:values(?:[.-][^/]*)?|[^/]*[.-]values)\.ya?ml$/.test(path)
}

const notation = { split: (text: string) => splitAt(text, /\{\{.*?\}\}/g) }

const reasons = { noVariables: 'values of Helm have no variables: --mode direct writes the cache' }

function read({ text }: NamedText, placing: Placing): Reading {
  const documents = readDocuments(text, /image|Image/)
  const find = pairFinder()
  const isGlobal = documents.some((document) => scalarOf(valueAt(find, document, 'global', 'imageRegistry')))
  const allLeft = isGlobal && !placing.isReverse ? globalStays : undefined
  const found = images(text, placing, notation, { ...reasons, allLeft })
  const split = splitImages(text, placing, allLeft, found)
  const seen = new Set<YamlNode>()

  const walk = (node: YamlNode, isListOfImages: boolean): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const { key, value } of pairsOf(node)) {
      if (isListOfImages || key === 'image' || key.endsWith('Image')) {
        if (value.kind === 'map' && find(value, 'repository')) {
          split(find(value, 'registry')?.value, find(value, 'repository')?.value)
        } else readText(node, key, value)
      }
      walk(value, key === 'images')
    }
    for (const item of itemsOf(node)) walk(item, false)
  }

  /** `backgroundImage: acme/sea` is none: a tag, or something else that only images have, makes it sure. */
  function readText(map: YamlNode, key: string, value: YamlNode): void {
    if ((scalarOf(value)?.value.length ?? 0) > longestWritten) return
    const { reference } = parseReference(scalarOf(value)?.value.replace(/\{\{.*?\}\}/g, 'x') ?? '')
    const isNamed = reference?.tag !== undefined || reference?.digest !== undefined
    const isBesideTag = key === 'image' && besideImages.some((name) => find(map, name))
    if (isNamed || isBesideTag) found.move(value)
    else if (key === 'image') found.leave(value, 'without a tag it is not sure that this is an image')
  }

  for (const document of documents) walk(document, false)
  return found.reading()
}

const besideImages: readonly string[] = ['tag', 'imageTag', 'imagePullPolicy', 'pullPolicy', 'digest']

const globalStays = 'global.imageRegistry decides where it comes from: set that by hand'

/** Images in parts, `{ registry, repository, tag }`: what is behind the registry goes into `repository`. */
function splitImages(
  text: string,
  placing: Placing,
  allLeft: string | undefined,
  found: Images,
): (registry: YamlNode | undefined, repository: YamlNode | undefined) => void {
  const written = new Map<YamlScalar, string>()

  function write(scalar: YamlScalar, value: string): void {
    if (written.has(scalar)) return
    written.set(scalar, value)
    if (value !== scalar.value) found.edit(writeScalar(text, scalar, value))
  }

  return (registryNode, repositoryNode) => {
    const registry = scalarOf(registryNode)
    const repository = scalarOf(repositoryNode)
    if (!repository || written.has(repository)) return
    const name = registry ? `${registry.value}/${repository.value}` : repository.value
    const decision = decide(name, placing, notation, reasons.noVariables)
    if (decision.kind === 'keep') return
    const because = decision.kind === 'leave' ? decision.because : allLeft
    if (decision.kind === 'leave' || because !== undefined) {
      found.note(repository.start, name, because ?? '')
      return
    }
    if (!registry) {
      write(repository, decision.text)
      return
    }
    const [host, path] = partsOf(decision.text)
    if (written.has(registry) && written.get(registry) !== host) {
      found.note(
        repository.start,
        name,
        'it shares its registry, by an anchor, with images that go elsewhere',
      )
      return
    }
    write(registry, host)
    write(repository, path)
  }
}

/** The registry of a reference, and what is behind it, as short as docker shows it. */
function partsOf(reference: string): readonly [registry: string, repository: string] {
  const domain = parseReference(reference).reference?.domain ?? ''
  return [domain, reference.startsWith(`${domain}/`) ? reference.slice(domain.length + 1) : reference]
}
