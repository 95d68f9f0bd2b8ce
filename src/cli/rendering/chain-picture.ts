import type { CheckId, Finding } from '../../checks/finding.ts'
import { grouped } from './grouped.ts'
import { oneLine } from './one-line.ts'
import { worstTone, type Tone } from './tone.ts'
import { sumOf } from './verdict.ts'

/** More nodes of one kind than this become one that counts them. */
const most = 8

/** A longer name than this is cut, in characters. */
const longest = 60

/** The kinds of nodes, and how one of them and several at once are called. */
const kinds = {
  source: ['source', 'sources'],
  account: ['AWS', 'AWS'],
  secret: ['AWS secret', 'AWS secrets'],
  rule: ['ECR rule', 'ECR rules'],
  repository: ['GitHub', 'GitHub repositories'],
  workflow: ['this workflow', 'this workflow'],
  upstream: ['Docker Hub', 'Docker Hub'],
} as const

type Kind = keyof typeof kinds

type Topic<Id extends string = CheckId> = Id extends `${infer Start}.${string}` ? Start : never

/** To which kind of node the checks of a topic belong. The steps of one image are no part of the chain. */
const kindOf: Readonly<Record<Topic, Kind | undefined>> = {
  source: 'source',
  'docker-hub': 'upstream',
  aws: 'account',
  secret: 'secret',
  policy: 'secret',
  rule: 'rule',
  github: 'repository',
  workflow: 'workflow',
  image: undefined,
  pull: 'rule',
}

/** What a node of a kind is about, where there can be several: the word of the target that looks like this. */
const placePattern: Readonly<Partial<Record<Kind, RegExp>>> = {
  secret: /^([a-z]+-)+\d+$/,
  rule: /^([a-z]+-)+\d+$/,
  repository: /^[^/]+\/[^/]+$/,
}

interface Node {
  readonly name: string
  readonly kind: Kind
  readonly places: ReadonlySet<string>
  readonly findings: readonly Finding[]
}

/**
 * A Mermaid flowchart of the way of a credential, from the source to Docker Hub by way of AWS, and to GitHub. Each
 * node has the colour of the worst of its findings.
 *
 * https://mermaid.js.org/syntax/flowchart.html
 *
 * @returns its lines; none if no finding belongs to the chain
 */
export function chainPicture(findings: readonly Finding[]): readonly string[] {
  const nodes = nodesOf(findings)
  if (nodes.length === 0) return []
  return [
    'flowchart LR',
    ...nodes.map((node) => `  ${node.name}["${labelOf(node)}"]:::${worstTone(node.findings)}`),
    ...edgesOf(nodes),
    ...Object.entries(styles).map(([tone, style]) => `  classDef ${tone} ${style}`),
  ]
}

/** Dark text on light ground, whatever the theme of the page is. */
const styles = {
  green: 'fill:#dafbe1,stroke:#1a7f37,color:#1f2328',
  yellow: 'fill:#fff8c5,stroke:#9a6700,color:#1f2328',
  red: 'fill:#ffebe9,stroke:#cf222e,color:#1f2328',
  grey: 'fill:#eaeef2,stroke:#656d76,color:#1f2328',
} as const satisfies Record<Tone, string>

function nodesOf(findings: readonly Finding[]): readonly Node[] {
  return (Object.keys(kinds) as Kind[]).flatMap((kind) => {
    const places = grouped(
      findings.filter(({ id }) => kindOf[topicOf(id)] === kind),
      (finding) => placeOf(finding, kind),
    )
    if (places.size <= most)
      return [...places].map(([place, ofPlace], index) => ({
        name: `${kind}${index}`,
        kind,
        places: new Set([place]),
        findings: ofPlace,
      }))
    return [{ name: `${kind}0`, kind, places: new Set(places.keys()), findings: [...places.values()].flat() }]
  })
}

function topicOf(id: CheckId): Topic {
  return id.slice(0, id.indexOf('.')) as Topic
}

function placeOf({ target }: Finding, kind: Kind): string {
  const pattern = placePattern[kind]
  if (!pattern) return ''
  const place = target.split(' ').find((word) => pattern.test(word)) ?? target
  // What could not be told apart into places is called as its kind is.
  return place === kinds[kind][0] ? '' : place
}

function edgesOf(nodes: readonly Node[]): readonly string[] {
  const all = (kind: Kind) => nodes.filter((node) => node.kind === kind)
  const edges = (from: Kind, to: Kind, joined: (from: Node, to: Node) => boolean = () => true) =>
    all(from).flatMap((start) =>
      all(to)
        .filter((end) => joined(start, end))
        .map((end) => `  ${start.name} --> ${end.name}`),
    )
  const samePlace = (from: Node, to: Node) => [...from.places].some((place) => to.places.has(place))
  return [
    ...edges('source', 'upstream'),
    ...edges('source', 'account'),
    ...edges(all('account').length > 0 ? 'account' : 'source', 'secret'),
    ...edges('secret', 'rule', samePlace),
    ...edges('rule', 'upstream'),
    ...edges('source', 'repository'),
    ...edges('repository', 'workflow'),
    ...edges('secret', 'workflow'),
  ]
}

function labelOf({ kind, places, findings }: Node): string {
  const [one, many] = kinds[kind]
  const [place = ''] = places
  const name = places.size > 1 ? `${places.size} ${many}` : `${one} ${place}`
  return `${labelText(name)}<br/>${labelText(sumOf(findings))}`
}

/**
 * Text from elsewhere as part of a quoted label: all but letters, digits and what is harmless becomes a character
 * code of Mermaid's own.
 *
 * https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
 */
function labelText(text: string): string {
  const characters = Array.from(oneLine(text))
  const shown = characters.length > longest ? [...characters.slice(0, longest - 1), '…'] : characters
  return shown
    .map((character) => (/^[\w ,./-]$/.test(character) ? character : `#${character.codePointAt(0) ?? 0};`))
    .join('')
}
