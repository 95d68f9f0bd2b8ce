import fc from 'fast-check'
import { sweepAll } from './converged.ts'
import { type CheckChange, type Fault, keyOfChange, type RunChange, type World } from './broken-world.ts'
import { faults } from './worlds/index.ts'

/** What the pairs are drawn by; the name of each pair’s test has it. */
export const seed = Number(process.env['PULLTHROUGH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

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
    (ofOne === ofOther || ofOne === 'usual' || ofOther === 'usual') &&
    !one.touches.some((part) => other.touches.includes(part)) &&
    cause !== undefined &&
    otherCause !== undefined &&
    keyOfChange(cause) !== keyOfChange(otherCause)
  )
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

/** Some pairs; where time is no matter, one for each effect. */
export const pairs: readonly Pair[] = sweepAll ? different : different.slice(0, 60)

/**
 * Whether a fault’s own finding is not to be seen since the other one stands before it: that makes the same check
 * skipped or gone, and says why, or has more to say of it.
 */
export function isHidden(cause: CheckChange, pair: Pair): boolean {
  const key = keyOfChange(cause)
  return pair.some((fault) =>
    fault.changes.some((changed) => changed !== cause && keyOfChange(changed) === key),
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
