import type { Placing, Variable } from '../placing.ts'
import type { Images } from './images.ts'
import { type Inserted, insertItems, insertPairs, removeItem, removePair } from './insertion.ts'
import { type Find, itemsOf, pairsOf } from './lookup.ts'
import type { YamlMap, YamlNode, YamlPair, YamlSequence } from './node.ts'

/**
 * Hand the registries' variables on to the Dockerfiles that are built: `REGISTRY: ${REGISTRY:-docker.io}` in `build.args`,
 * which is made where it is not there. In reverse, take them out again.
 *
 * A `build` that is a path has no room for arguments, and is noted.
 *
 * @returns what is to be called with each `build`
 */
export function buildArguments(
  text: string,
  placing: Placing,
  find: Find,
  registryIn: (variable: Variable) => string,
  found: Images,
): (build: YamlNode) => void {
  const done = new Set<YamlNode>()
  const given = placing.variables.map((variable) => ({ name: variable.name, value: registryIn(variable) }))
  const isGiven = (name: string, value: string) =>
    given.some((argument) => argument.name === name && argument.value === value)
  const edit = (edit: ReturnType<typeof insertPairs>) => {
    if (edit) found.edit(edit)
  }

  function add(build: YamlNode): void {
    if (build.kind === 'scalar' && build.value !== '') {
      const because = `build.args is the place of ${names}: write it as a map with a context`
      found.note(build.start, `build: ${build.value}`, because)
    }
    if (build.kind !== 'map') return
    const held = find(build, 'args')?.value
    if (!held) {
      const args: Inserted = Object.fromEntries(given.map(({ name, value }) => [name, value]))
      edit(insertPairs(text, build, [['args', args]]))
    } else if (!done.has(held)) {
      done.add(held)
      if (held.kind === 'map') {
        const missing = given.filter(({ name }) => !find(held, name))
        edit(
          insertPairs(
            text,
            held,
            missing.map(({ name, value }) => [name, value]),
          ),
        )
      }
      if (held.kind === 'sequence') {
        const names = itemsOf(held).map((item) => nameOf(item))
        const missing = given.filter(({ name }) => !names.includes(name))
        edit(
          insertItems(
            text,
            held,
            missing.map(({ name, value }) => `${name}=${value}`),
          ),
        )
      }
    }
  }
  const names = given.map(({ name }) => name).join(', ')

  function remove(build: YamlNode): void {
    const pair = pairsOf(build).find(({ key }) => key === 'args') ?? find(build, 'args')
    if (!pair || done.has(pair.value)) return
    done.add(pair.value)
    if (pair.value.kind === 'map') removeFrom(build, pair, pair.value.pairs.filter(isOurs), pair.value)
    if (pair.value.kind === 'sequence') removeItems(build, pair, pair.value)
  }

  function isOurs({ key, value }: YamlPair): boolean {
    return value.kind === 'scalar' && isGiven(key, value.value)
  }

  function removeFrom(build: YamlNode, args: YamlPair, ours: readonly YamlPair[], map: YamlMap): void {
    if (ours.length === map.pairs.length) removeAll(build, args)
    else for (const pair of ours) edit(removePair(text, map, pair))
  }

  function removeItems(build: YamlNode, args: YamlPair, items: YamlSequence): void {
    const ours = items.items.flatMap((item, index) => {
      const value = item.kind === 'scalar' ? item.value : ''
      return isGiven(nameOf(item), value.slice(nameOf(item).length + 1)) ? [index] : []
    })
    if (ours.length === items.items.length) removeAll(build, args)
    else for (const index of ours) edit(removeItem(text, items, index))
  }

  function removeAll(build: YamlNode, args: YamlPair): void {
    if (build.kind === 'map' && build.pairs.includes(args) && !args.isAlias)
      edit(removePair(text, build, args))
  }

  return (build) => {
    if (done.has(build)) return
    done.add(build)
    if (placing.isReverse) remove(build)
    else if (placing.mode === 'arg') add(build)
  }
}

function nameOf(item: YamlNode): string {
  return item.kind === 'scalar' ? (item.value.split('=', 1)[0] ?? '') : ''
}
