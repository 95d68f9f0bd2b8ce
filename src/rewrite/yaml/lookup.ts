import type { YamlMap, YamlNode, YamlPair, YamlScalar } from './node.ts'

/** See {@link pairFinder}. */
export type Find = (map: YamlNode | undefined, key: string) => YamlPair | undefined

/** How many merge keys may lie between a map and what it merges. */
const longestMerge = 50

/**
 * The pair of a map with a key, its own or one that it merges (`<<: *base`): https://yaml.org/type/merge.html.
 *
 * Each map is looked through once for a key, however many maps merge it.
 */
export function pairFinder(): Find {
  const known = new Map<string, Map<YamlMap, YamlPair | undefined>>()

  function find(map: YamlMap, key: string, depth: number): YamlPair | undefined {
    const ofKey = known.get(key) ?? new Map<YamlMap, YamlPair | undefined>()
    known.set(key, ofKey)
    if (ofKey.has(map)) return ofKey.get(map)
    // A map that merges itself finds nothing new there.
    ofKey.set(map, undefined)
    let found = map.pairs.find((pair) => pair.key === key)
    if (!found && depth < longestMerge) {
      for (const source of mergedBy(map)) {
        found = find(source, key, depth + 1)
        if (found) break
      }
    }
    ofKey.set(map, found)
    return found
  }

  return (map, key) => (map?.kind === 'map' ? find(map, key, 0) : undefined)
}

function mergedBy({ pairs }: YamlMap): readonly YamlMap[] {
  return pairs
    .filter(({ key }) => key === '<<')
    .flatMap(({ value }) => (value.kind === 'sequence' ? value.items : [value]))
    .filter((value) => value.kind === 'map')
}

/** The pairs of a map without what it merges; none of anything else. */
export function pairsOf(node: YamlNode | undefined): readonly YamlPair[] {
  return node?.kind === 'map' ? node.pairs : []
}

/** The items of a list; none of anything else. */
export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'sequence' ? node.items : []
}

/** The scalar that a node is, if it is one and not empty. */
export function scalarOf(node: YamlNode | undefined): YamlScalar | undefined {
  return node?.kind === 'scalar' && node.value !== '' ? node : undefined
}

/** A value below others, by the keys that lead to it, merged ones included. */
export function valueAt(
  find: Find,
  node: YamlNode | undefined,
  ...keys: readonly string[]
): YamlNode | undefined {
  return keys.reduce<YamlNode | undefined>((value, key) => find(value, key)?.value, node)
}
