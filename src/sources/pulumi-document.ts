import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  type YAMLMap,
} from 'yaml'
import { PullthroughError } from '../errors.ts'
import { isReadAsAnotherText } from './pulumi-scalar.ts'

/** A value of a Pulumi file. Scalars keep the text that stands in the file: `0528` is never the number 528. */
export type PulumiNode =
  | { readonly kind: 'null' }
  | {
      readonly kind: 'text'
      readonly text: string
      /** Written without quotes, and a number, a date or the like to the Pulumi CLI, which gives another text. */
      readonly readDifferently: boolean
    }
  | { readonly kind: 'list'; readonly items: readonly PulumiNode[] }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, PulumiNode> }

/**
 * Read the text of a Pulumi file, YAML or JSON by the file's extension.
 *
 * @param file what to call it in errors
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` with file and line if it is malformed. The error never
 * quotes the file, since a token may stand on that line.
 */
export function parsePulumiDocument(file: string, text: string): PulumiNode {
  if (file.endsWith('.json')) refuseMalformedJson(file, text)
  const lines = new LineCounter()
  // Only the first document of a stream counts, as for the CLI: hence `silent`.
  const document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const [error] = document.errors
  if (error) throw malformed(file, text, error.pos[0], yamlFaults[error.code] ?? 'not valid YAML')
  return readNode(document.contents, { file, text, document, known: new Map(), open: new Set() })
}

interface Reading {
  readonly file: string
  readonly text: string
  readonly document: Document.Parsed
  /** Nodes already read: an anchor's value is built once, however many aliases it has. */
  readonly known: Map<Node, PulumiNode>
  /** Nodes being read: to meet one again means that it contains itself. */
  readonly open: Set<Node>
}

function readNode(node: unknown, reading: Reading): PulumiNode {
  if (isAlias(node)) return readNode(targetOf(node, reading), reading)
  if (isScalar(node)) return readScalar(node)
  if (!isMap(node) && !isSeq(node)) return { kind: 'null' }
  const known = reading.known.get(node)
  if (known) return known
  if (reading.open.has(node)) throw malformedNode(node, 'an anchor contains itself', reading)
  reading.open.add(node)
  const read: PulumiNode = isMap(node)
    ? { kind: 'map', entries: readEntries(node, reading) }
    : { kind: 'list', items: node.items.map((item) => readNode(item, reading)) }
  reading.open.delete(node)
  reading.known.set(node, read)
  return read
}

function targetOf(alias: Alias, reading: Reading): Node {
  const target = alias.resolve(reading.document)
  if (target) return target
  throw malformedNode(alias, 'an alias names no anchor', reading)
}

/** YAML's null as Go's yaml.v3 knows it, which the CLI reads with. */
const nulls = new Set(['', '~', 'null', 'Null', 'NULL'])

function readScalar({ value, source, type, tag }: Scalar): PulumiNode {
  if (value instanceof Uint8Array) {
    return { kind: 'text', text: Buffer.from(value).toString(), readDifferently: false }
  }
  const text = typeof value === 'string' ? value : (source ?? '')
  if (type !== Scalar.PLAIN || tag === 'tag:yaml.org,2002:str') {
    return { kind: 'text', text, readDifferently: false }
  }
  if (nulls.has(text)) return { kind: 'null' }
  return { kind: 'text', text, readDifferently: tag !== undefined || isReadAsAnotherText(text) }
}

function readEntries(map: YAMLMap, reading: Reading): ReadonlyMap<string, PulumiNode> {
  const entries = new Map<string, PulumiNode>()
  const merged: PulumiNode[] = []
  for (const { key, value } of map.items) {
    const name = isAlias(key) ? targetOf(key, reading) : key
    if (!isScalar(name)) throw malformedNode(map, 'a key is not a text', reading)
    const entry = readNode(value, reading)
    if (isMergeKey(name)) merged.push(...(entry.kind === 'list' ? entry.items : [entry]))
    else entries.set(String(name.value), entry)
  }
  for (const source of merged) {
    if (source.kind !== 'map') throw malformedNode(map, 'a merge key (<<) names no map', reading)
    for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry)
  }
  return entries
}

/** https://yaml.org/type/merge.html; the CLI follows it. */
function isMergeKey({ value, type }: Scalar): boolean {
  return value === '<<' && type === Scalar.PLAIN
}

const yamlFaults: Readonly<Record<string, string>> = {
  BAD_INDENT: 'wrong indentation, or a bracket that is not closed',
  DUPLICATE_KEY: 'a key appears twice in one map',
  MISSING_CHAR: 'a character is missing, such as a quote, a bracket or a space',
  TAB_AS_INDENT: 'a tab is used as indentation',
}

function malformedNode(node: Node, fault: string, { file, text }: Reading): PullthroughError {
  return malformed(file, text, node.range?.[0], fault)
}

function malformed(file: string, text: string, offset: number | undefined, fault: string): PullthroughError {
  const line = offset === undefined ? '' : `:${text.slice(0, offset).split('\n').length}`
  return new PullthroughError('ERR_SOURCE_UNREADABLE', `${file}${line} is malformed: ${fault}`, {
    hint: `mend ${file} and run it again`,
  })
}

/** YAML forgives what JSON does not, and the CLI reads .json with a JSON parser. */
function refuseMalformedJson(file: string, text: string): void {
  try {
    JSON.parse(text)
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
    throw malformed(file, text, position === undefined ? undefined : Number(position), 'not valid JSON')
  }
}
