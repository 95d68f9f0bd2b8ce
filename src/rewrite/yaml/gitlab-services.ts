import { parseReference } from '../../ecr/image-reference.ts'
import { decide, type Notation } from '../notation.ts'
import type { Placing } from '../placing.ts'
import type { Images } from './images.ts'
import { insertPairs, removePair } from './insertion.ts'
import { type Find, itemsOf, scalarOf } from './lookup.ts'
import type { YamlMap, YamlNode, YamlScalar } from './node.ts'
import { quoted } from './scalar.ts'

/**
 * Services of a GitLab job. A job reaches a service under a name that is made from its image, so that one that moves gets
 * its old names as `alias`: https://docs.gitlab.com/ci/services/#accessing-the-services.
 *
 * `postgres:16` becomes `{ alias: postgres, name: … }`, and `name: postgres:16` an `alias` before it. That the alias stands
 * first is what tells it, on the way back, from one that was there before.
 *
 * @returns what is to be called with each list of services
 */
export function gitlabServices(
  text: string,
  placing: Placing,
  notation: Notation,
  find: Find,
  found: Images,
  allLeft: string | undefined,
): (services: YamlNode | undefined) => void {
  const done = new Set<YamlNode>()

  function moveText(scalar: YamlScalar): void {
    const decision = decide(scalar.value, placing, notation, '')
    if (decision.kind !== 'write' || placing.isReverse || allLeft !== undefined) {
      found.move(scalar)
      return
    }
    const alias = aliasOf(scalar.value)
    if (scalar.hasAnchor || scalar.style === 'block' || alias === undefined) {
      found.leave(scalar, 'its host name would change: write it with name and alias')
      return
    }
    const style = scalar.style === 'plain' ? 'plain' : scalar.style
    const name = quoted(
      decision.text,
      style === 'plain' && needsQuotes(decision.text) ? 'double' : style,
      true,
    )
    const { start, end } = scalar
    found.edit({ start, end, text: `{ alias: ${quoted(alias, style, true)}, name: ${name} }` })
  }

  function moveMap(map: YamlMap): void {
    const name = scalarOf(find(map, 'name')?.value)
    if (!name) return
    const before = placing.isReverse ? undefined : aliasOf(name.value)
    const hasAlias = find(map, 'alias') !== undefined
    if (!placing.isReverse && !hasAlias && before === undefined) {
      found.leave(name, 'its host name would change: give it an alias')
      return
    }
    if (placing.isReverse && isOurText(map, name)) return
    const moved = found.move(name)
    if (moved === undefined) return
    if (!placing.isReverse && !hasAlias && before !== undefined) {
      const edit = insertPairs(text, map, [['alias', before]])
      if (edit) found.edit(edit)
    }
    const [first] = map.pairs
    if (placing.isReverse && first?.key === 'alias' && scalarOf(first.value)?.value === aliasOf(moved)) {
      const edit = removePair(text, map, first)
      if (edit) found.edit(edit)
    }
  }

  /** Whether this was a text before. Then it becomes one again, with the quotes that its alias has. */
  function isOurText(map: YamlMap, name: YamlScalar): boolean {
    const [first, second, more] = map.pairs
    const alias = first?.key === 'alias' ? scalarOf(first.value) : undefined
    if (!map.isFlow || !alias || second?.value !== name || more) return false
    // An alias that was put before a name has other quotes than that.
    if (alias.style !== name.style && !(alias.style === 'plain' && name.style === 'double')) return false
    const decision = decide(name.value, placing, notation, '')
    if (decision.kind !== 'write' || aliasOf(decision.text) !== alias.value) return false
    found.ignore(name)
    const { start, end } = map
    found.edit({ start, end, text: quoted(decision.text, alias.style, false) })
    return true
  }

  return (services) => {
    for (const item of itemsOf(services)) {
      if (done.has(item)) continue
      done.add(item)
      if (item.kind === 'scalar') moveText(item)
      if (item.kind === 'map') moveMap(item)
    }
  }
}

/** Text with a variable in braces cannot stand plain between braces. */
function needsQuotes(value: string): boolean {
  return /[{}]/.test(value)
}

/** The names that GitLab gives a service: without registry port, tag and digest, and with the slashes replaced. */
function aliasOf(image: string): string | undefined {
  const name = image.replace(/\$\w+|\$\{\w+\}|\$\[\[.*?\]\]/g, 'x')
  const { reference } = parseReference(name)
  if (!reference) return undefined
  const [path = ''] = image.split(/[@:]/, 1)
  // A variable in the name, or a port, is more than GitLab’s rules say.
  if (!/^[\w./-]+$/.test(path) || image.includes('/') !== path.includes('/')) return undefined
  return [...new Set([path.replaceAll('/', '__'), path.replaceAll('/', '-')])].join(' ')
}
