/** How a scalar is written. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'block'

/** A text of a file. Numbers and the like are texts here too: `1.10` is never the number 1.1. */
export interface YamlScalar {
  readonly kind: 'scalar'
  readonly value: string
  readonly style: ScalarStyle
  /** Its quotes, or the header of a block, are inside `start` and `end`; anchors and tags are not. */
  readonly start: number
  readonly end: number
  /** Between brackets or braces, where fewer characters may stand without quotes. */
  readonly isInFlow: boolean
  readonly hasAnchor: boolean
}

export interface YamlPair {
  /** A key that is no scalar is empty: nobody looks for it. */
  readonly key: string
  readonly keyStart: number
  readonly value: YamlNode
  /** Whether an alias stands here. The value, then, is what stands at its anchor. */
  readonly isAlias: boolean
}

export interface YamlMap {
  readonly kind: 'map'
  readonly pairs: YamlPair[]
  /** Written with braces. */
  readonly isFlow: boolean
  readonly start: number
  readonly end: number
}

export interface YamlSequence {
  readonly kind: 'sequence'
  readonly items: YamlNode[]
  /** Written with brackets. */
  readonly isFlow: boolean
  readonly start: number
  readonly end: number
}

/** What has a tag whose meaning is its program's alone, as GitLab's `!reference`. */
interface YamlOther {
  readonly kind: 'other'
  /** `!reference` */
  readonly tag: string
  readonly start: number
  readonly end: number
}

/**
 * A value of a YAML file, and where it stands. An alias is the very node that its anchor is at, so that a file is a graph,
 * which may have circles: who walks all of it has to remember where it was.
 */
export type YamlNode = YamlScalar | YamlMap | YamlSequence | YamlOther
