import type { Format, NamedText, Reading } from '../format.ts'
import { type Notation, splitAt } from '../notation.ts'
import type { Placing } from '../placing.ts'
import { readDocuments } from './documents.ts'
import { type Images, images } from './images.ts'
import { type Find, itemsOf, pairFinder, pairsOf, scalarOf, valueAt } from './lookup.ts'
import { hasTopLevelKey, isYamlName } from './name.ts'
import type { YamlNode } from './node.ts'

/**
 * Workflows and actions. GitHub’s runner pulls the images of a job before its first step, so that no step can have logged in
 * to ECR: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idcontainer. They move
 * where the workflow itself logs in, which ECR wants done as `AWS`.
 */
export const githubActions: Format = {
  name: 'GitHub Actions',
  mayBe: isYamlName,
  recognises: ({ path, text }) => isWorkflow(path, text) || isAction(path, text),
  read,
}

function isWorkflow(path: string, text: string): boolean {
  if (!isYamlName(path)) return false
  return (
    /(?:^|\/)\.github\/workflows\/[^/]+$/.test(path) ||
    (hasTopLevelKey(text, 'on') && hasTopLevelKey(text, 'jobs'))
  )
}

function isAction(path: string, text: string): boolean {
  return /(?:^|\/)action\.ya?ml$/.test(path) && hasTopLevelKey(text, 'runs')
}

const notation: Notation = { split: (text) => splitAt(text, /\$\{\{.*?\}\}/g) }

const noVariables = 'nothing sets a registry there: --mode direct writes the cache'
const pulledFirst = 'the runner pulls it before any step could log in to ECR'
const noLogin = 'the runner pulls it itself, and has no login to ECR'

function read({ text }: NamedText, placing: Placing): Reading {
  const found = images(text, placing, notation, { noVariables })
  const find = pairFinder()
  for (const document of readDocuments(text, /container|services|docker:\/\//)) {
    for (const { value: job } of pairsOf(find(document, 'jobs')?.value)) {
      readContainer(find(job, 'container')?.value, find, placing, found)
      for (const { value: service } of pairsOf(find(job, 'services')?.value)) {
        readContainer(service, find, placing, found)
      }
      readSteps(find(job, 'steps')?.value, find, placing, found)
    }
    const image = valueAt(find, document, 'runs', 'image')
    stay(image, placing, found, noLogin)
    readSteps(valueAt(find, document, 'runs', 'steps'), find, placing, found)
  }
  return found.reading()
}

/** An image, or a map with one and with the credentials that the runner pulls it with. */
function readContainer(node: YamlNode | undefined, find: Find, placing: Placing, found: Images): void {
  const image = node?.kind === 'map' ? find(node, 'image')?.value : node
  const username = scalarOf(valueAt(find, node, 'credentials', 'username'))?.value
  if (username === 'AWS' || placing.isReverse) found.move(image)
  else found.leave(image, pulledFirst)
}

function readSteps(steps: YamlNode | undefined, find: Find, placing: Placing, found: Images): void {
  for (const step of itemsOf(steps)) stay(find(step, 'uses')?.value, placing, found, pulledFirst)
}

function stay(node: YamlNode | undefined, placing: Placing, found: Images, because: string): void {
  if (placing.isReverse) found.move(node, 'docker://')
  else found.leave(node, because, 'docker://')
}
