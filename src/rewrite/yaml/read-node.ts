import { isAlias, isMap, isScalar, isSeq, type Node, Scalar } from 'yaml'
import type { Malformed } from './documents.ts'
import type { ScalarStyle, YamlMap, YamlNode, YamlPair, YamlScalar, YamlSequence } from './node.ts'

const styles: Readonly<Record<string, ScalarStyle>> = {
  [Scalar.QUOTE_SINGLE]: 'single',
  [Scalar.QUOTE_DOUBLE]: 'double',
  [Scalar.BLOCK_FOLDED]: 'block',
  [Scalar.BLOCK_LITERAL]: 'block',
}

const knownTags: readonly (string | undefined)[] = [
  undefined,
  'tag:yaml.org,2002:str',
  'tag:yaml.org,2002:map',
  'tag:yaml.org,2002:seq',
]

/**
 * Make our nodes from those of one document, aliases tied to their anchors.
 *
 * @param text the document
 * @param shift the offset of the document in its file
 */
export function nodeReader(text: string, malformedAt: Malformed, shift: number): (node: unknown) => YamlNode {
  const anchors = new Map<string, YamlNode>()
  let last = 0

  function read(node: unknown, isInFlow: boolean): YamlNode {
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target) return target
      throw malformedAt(node.range?.[0] ?? 0, `no anchor before this is named ${node.source}`)
    }
    if (isMap(node)) {
      const isFlow = node.flow === true
      const map: YamlMap = { kind: 'map', pairs: [], isFlow, ...rangeOf(node) }
      remember(node, map)
      for (const { key, value } of node.items) map.pairs.push(readPair(key, value, isInFlow || isFlow))
      refuseDuplicates(map)
      return known(node, map)
    }
    if (isSeq(node)) {
      const isFlow = node.flow === true
      const sequence: YamlSequence = { kind: 'sequence', items: [], isFlow, ...rangeOf(node) }
      remember(node, sequence)
      for (const item of node.items) sequence.items.push(read(item, isInFlow || isFlow))
      return known(node, sequence)
    }
    if (!isScalar(node)) return emptyAt(last, isInFlow)
    const scalar: YamlScalar = {
      kind: 'scalar',
      value: typeof node.value === 'string' ? node.value : (node.source ?? ''),
      style: styles[node.type ?? ''] ?? 'plain',
      isInFlow,
      hasAnchor: node.anchor !== undefined,
      ...rangeOf(node),
    }
    const result = known(node, scalar)
    remember(node, result)
    return result
  }

  function readPair(key: unknown, value: unknown, isInFlow: boolean): YamlPair {
    const name = isAlias(key) ? read(key, isInFlow) : key === null ? emptyAt(last, isInFlow) : read(key, true)
    return {
      key: name.kind === 'scalar' ? name.value : '',
      keyStart: isAlias(key) ? shift + (key.range?.[0] ?? 0) : name.start,
      value: read(value, isInFlow),
      isAlias: isAlias(value),
    }
  }

  function refuseDuplicates({ pairs }: YamlMap): void {
    const keys = new Set<string>()
    for (const { key, keyStart } of pairs) {
      if (keys.has(key) && key !== '<<' && key !== '')
        throw malformedAt(keyStart - shift, 'a key is there twice')
      keys.add(key)
    }
  }

  function rangeOf({ range }: Node): { start: number; end: number } {
    const [start = last, end = last] = range ?? []
    last = end
    return { start: shift + start, end: shift + end }
  }

  function remember({ anchor }: { anchor?: string | undefined }, node: YamlNode): void {
    if (anchor !== undefined) anchors.set(anchor, node)
  }

  /** A map that contains itself is known under its anchor before it is known whole, so that its tag comes too late. */
  function known(node: { tag?: string | undefined; anchor?: string | undefined }, read: YamlNode): YamlNode {
    if (node.tag === undefined || knownTags.includes(node.tag)) return read
    const other: YamlNode = { kind: 'other', tag: node.tag, start: read.start, end: read.end }
    remember(node, other)
    return other
  }

  function emptyAt(offset: number, isInFlow: boolean): YamlScalar {
    const start = shift + Math.min(offset, text.length)
    return { kind: 'scalar', value: '', style: 'plain', start, end: start, isInFlow, hasAnchor: false }
  }

  return (node) => read(node, false)
}
