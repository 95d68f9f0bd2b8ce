import fc from 'fast-check'
import type { CheckId } from '../../src/checks/finding.ts'
import { sweepAll } from './converged.ts'
import { type CheckChange, type Fault, keyOfChange, type RunChange, type World } from './broken-world.ts'
import { faults } from './worlds/index.ts'

/** What the pairs are drawn by; the name of each pair’s test has it. */
export const seed = Number(process.env['PULLTHROUGH_SEED'] ?? 20261123)

export type Pair = readonly [Fault, Fault]

/** Two faults that can be had at once: they touch nothing in common, speak of other checks, and fit one world. */
function canMeet(one: Fault, other: Fault): boolean {
  const ofOne = one.setting ?? 'usual'
  const ofOther = other.setting ?? 'usual'
  const [cause] = one.changes
  const [otherCause] = other.changes
  return (
    one.alone === undefined &&
    other.alone === undefined &&
    (ofOne === ofOther || isUsualInside(one, other) || isUsualInside(other, one)) &&
    !one.touches.some((part) => other.touches.includes(part)) &&
    cause !== undefined &&
    otherCause !== undefined &&
    keyOfChange(cause) !== keyOfChange(otherCause)
  )
}

/** The usual faults are of one Region and one repository: where there are two, more would change than they say. */
function isUsualInside({ setting: usual = 'usual' }: Fault, { setting }: Fault): boolean {
  return usual === 'usual' && setting !== 'wide'
}

const all = faults.flatMap((one, index) =>
  faults.slice(index + 1).flatMap((other): Pair[] => (canMeet(one, other) ? [[one, other]] : [])),
)

/** What two faults do to the report; which of several that do the same are met is up to the seed. */
function effectOf(pair: Pair): string {
  return JSON.stringify(
    pair.map(({ setting, changes }) => [setting, changes.map(([id, at, status]) => [id, at, status])]),
  )
}

const shuffled =
  fc.sample(fc.shuffledSubarray([...all], { minLength: all.length }), { seed, numRuns: 1 })[0] ?? []
const different = [...new Map(shuffled.map((pair) => [effectOf(pair), pair])).values()]

/** Some pairs; CI takes more, and PULLTHROUGH_PAIRS=all one for each effect, which takes minutes. */
const most = process.env['PULLTHROUGH_PAIRS'] === 'all' ? different.length : sweepAll ? 600 : 60

export const pairs: readonly Pair[] = different.slice(0, most)

/** Findings that stand before others of another target, or take their place: by check. */
const hiding: readonly {
  readonly hidden: CheckId
  readonly by: readonly CheckId[]
  readonly because: string
}[] = [
  {
    hidden: 'rule.valid',
    by: ['source.read', 'source.credential', 'docker-hub.login', 'secret.version'],
    because: 'they explain why ECR cannot log in, or leave open whether that is the reason',
  },
  {
    hidden: 'rule.credential',
    by: ['secret.present', 'rule.present'],
    because: 'whether a rule points to the secret cannot be told where one of the two is not known',
  },
  {
    hidden: 'workflow.credential',
    by: ['secret.present', 'secret.labels', 'aws.region'],
    because: 'AWS holds no credential to compare, or does not show it',
  },
  {
    hidden: 'aws.role',
    by: ['rule.present'],
    because: 'without a rule ECR needs no role: it makes it with the first',
  },
]

/**
 * Whether a fault’s own finding is not to be seen since the other fault stands before it: that one makes the same check
 * skipped or gone and says why, or has more to say of it; or a line above tells why.
 */
export function isHidden(cause: CheckChange, pair: Pair): boolean {
  const [id] = cause
  const others = pair.filter(({ changes }) => !changes.includes(cause)).flatMap(({ changes }) => changes)
  const hiders = hiding.filter(({ hidden }) => hidden === id).flatMap(({ by }) => by)
  return others.some(
    (other) => keyOfChange(other) === keyOfChange(cause) || (other[2] !== 'ok' && hiders.includes(other[0])),
  )
}

const order = ['first', undefined, 'last'] as const

/** Break a world in two ways. */
export async function breakTogether(pair: Pair, world: World): Promise<RunChange> {
  let flags: readonly string[] = []
  let rest: RunChange = {}
  for (const fault of pair.toSorted((a, b) => order.indexOf(a.when) - order.indexOf(b.when))) {
    const change = await fault.break(world)
    flags = [...flags, ...(change?.flags ?? [])]
    rest = { ...rest, ...change, env: { ...rest.env, ...change?.env } }
  }
  return { ...rest, flags }
}
