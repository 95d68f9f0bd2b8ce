import { applyEdits } from '../edit.ts'
import type { Edit } from '../format.ts'
import type { Placing, Variable } from '../placing.ts'
import type { Images } from './images.ts'
import { insertPairs, lineEnd, removePair } from './insertion.ts'
import { type Find, itemsOf, pairsOf, scalarOf } from './lookup.ts'
import type { YamlMap, YamlNode } from './node.ts'

/** The variables of a pipeline, which say what the registries are unless somebody sets them. */
export const gitlabVariables = { set, taken, edit }

/** Of the registries' variables those that the file itself sets to their upstreams. Others of that name are somebody else's. */
function set(documents: readonly YamlNode[], find: Find, { variables }: Placing): readonly Variable[] {
  const given = find(pipelineOf(documents), 'variables')?.value
  return variables.filter(({ name, upstream }) => {
    const value = find(given, name)?.value
    return value !== undefined && textOf(value, find) === upstream
  })
}

/** Why nothing can be moved: the file has a variable of that name for something else, or no place for it. */
function taken(
  text: string,
  documents: readonly YamlNode[],
  places: readonly YamlNode[],
  find: Find,
  placing: Placing,
): string | undefined {
  if (placing.mode !== 'arg' || placing.isReverse) return undefined
  const own = set(documents, find, placing)
  const other = placing.variables.find(
    (variable) =>
      places.some((place) => {
        const value = find(find(place, 'variables')?.value, variable.name)?.value
        return value && textOf(value, find) !== variable.upstream
      }) ||
      (!own.includes(variable) && uses(text, variable)),
  )
  const notInherited = placing.variables.find(({ name }) =>
    places.some((place) => !inherits(find(find(place, 'inherit')?.value, 'variables')?.value, name)),
  )
  if (notInherited)
    return `a job here does not inherit the variable ${notInherited.name}: --mode direct does without it`
  if (other) return `this file uses ${other.name} for something else: --mode direct does without it`
  const document = pipelineOf(documents)
  return document && insertion(text, document, placing.variables, find)
    ? undefined
    : 'there is no place for variables in this file: --mode direct does without them'
}

/** Whether a job takes over a variable of the pipeline: https://docs.gitlab.com/ci/yaml/#inheritvariables. */
function inherits(variables: YamlNode | undefined, name: string): boolean {
  if (variables?.kind === 'sequence') return itemsOf(variables).some((item) => scalarOf(item)?.value === name)
  return scalarOf(variables)?.value.toLowerCase() !== 'false'
}

function uses(text: string, { name }: Variable): boolean {
  return new RegExp(String.raw`(?<!\$)\$\{?${name}(?!\w)`).test(text)
}

/** Of several documents, the last: before it is what the file takes as inputs. */
function pipelineOf(documents: readonly YamlNode[]): YamlMap | undefined {
  return documents.findLast((node) => node.kind === 'map')
}

function insertion(
  text: string,
  document: YamlMap,
  missing: readonly Variable[],
  find: Find,
): Edit | undefined {
  const pairs = missing.map(({ name, upstream }) => [name, upstream] as const)
  const variables = find(document, 'variables')?.value
  if (variables) return variables.kind === 'map' ? insertPairs(text, variables, pairs) : undefined
  const edit = insertPairs(text, document, [['variables', Object.fromEntries(pairs)]])
  return edit && { ...edit, text: edit.text + (document.isFlow ? '' : lineEnd(text)) }
}

/** A variable is a text, or a map with a description. */
function textOf(value: YamlNode, find: Find): string | undefined {
  return scalarOf(value.kind === 'map' ? find(value, 'value')?.value : value)?.value
}

/** Say what the registries are where images name their variables; take it out again in reverse. */
function edit(
  text: string,
  documents: readonly YamlNode[],
  find: Find,
  placing: Placing,
  found: Images,
): void {
  const document = pipelineOf(documents)
  if (!document) return
  if (placing.isReverse) remove(text, document, placing, found)
  if (placing.mode !== 'arg' || placing.isReverse) return
  const variables = find(document, 'variables')?.value
  const missing = placing.variables.filter(
    ({ name }) =>
      !find(variables, name) && found.reading().edits.some((edit) => edit.text.includes(`\${${name}}/`)),
  )
  const edit = missing.length > 0 && insertion(text, document, missing, find)
  if (edit) found.edit(edit)
}

function remove(text: string, document: YamlMap, { variables }: Placing, found: Images): void {
  const pair = pairsOf(document).find(({ key }) => key === 'variables')
  if (pair?.value.kind !== 'map' || pair.isAlias) return
  const map = pair.value
  // Scripts may use them too.
  const rest = applyEdits(text, found.reading().edits)
  const gone = variables.filter((variable) => !uses(rest, variable))
  const ours = map.pairs.filter(({ key, value }) =>
    gone.some(({ name, upstream }) => name === key && scalarOf(value)?.value === upstream),
  )
  if (ours.length === 0) return
  if (ours.length < map.pairs.length) {
    for (const our of ours) {
      const removed = removePair(text, map, our)
      if (removed) found.edit(removed)
    }
    return
  }
  const removed = removePair(text, document, pair)
  if (!removed) return
  const gap = map.isFlow ? '' : (/^(?:\r\n|\n|\r)/.exec(text.slice(removed.end, removed.end + 2))?.[0] ?? '')
  found.edit({ ...removed, end: removed.end + gap.length })
}
