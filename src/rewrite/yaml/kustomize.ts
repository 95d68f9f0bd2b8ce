import type { Format, NamedText, Reading } from '../format.ts'
import { noVariables } from '../notation.ts'
import type { Placing } from '../placing.ts'
import { readDocuments } from './documents.ts'
import { images } from './images.ts'
import { itemsOf, pairFinder, scalarOf } from './lookup.ts'
import { hasTopLevelKey, isYamlName } from './name.ts'

/** What `kustomize build` reads: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/. */
export const kustomize: Format = {
  name: 'Kustomize',
  mayBe: (path) => isYamlName(path) || isKustomizationName(path),
  recognises: ({ path, text }) =>
    isKustomizationName(path) ||
    (isYamlName(path) && hasTopLevelKey(text, 'apiVersion', 'kustomize.config.k8s.io/')),
  read,
}

function isKustomizationName(path: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path)
}

const reasons = { noVariables: 'Kustomize has no variables: --mode direct writes the cache' }

/**
 * What an image is replaced by moves. An entry without `newName` stays: its `name` has to be what the manifests say, and
 * those are other files.
 */
function read({ text }: NamedText, placing: Placing): Reading {
  const found = images(text, placing, noVariables, reasons)
  const find = pairFinder()
  for (const document of readDocuments(text, /images/)) {
    for (const image of itemsOf(find(document, 'images')?.value)) {
      const newName = find(image, 'newName')?.value
      if (scalarOf(newName)) found.move(newName)
      else found.leave(find(image, 'name')?.value, nameStays)
    }
  }
  return found.reading()
}

const nameStays = 'it is found by this name in the manifests: where they move, so must this, by hand'
