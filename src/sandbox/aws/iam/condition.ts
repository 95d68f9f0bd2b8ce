import { matchesGlob, parseGlob, splitGlob } from './glob.ts'
import { isInRange } from './ip-range.ts'
import { plainText, type ResolvedText, resolveVariables } from './policy-variable.ts'
import type { RequestContext } from './request-context.ts'

/** One key under one operator of a `Condition` block. */
export interface Condition {
  readonly operator: Operator
  readonly key: string
  /** The values of the policy: one of them has to match, or none for a negated operator. */
  readonly values: readonly string[]
}

/** An operator such as `ForAllValues:StringNotLikeIfExists`, taken apart. */
export interface Operator {
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined
  readonly base: string
  readonly ifExists: boolean
}

/** @returns `undefined` for an operator that IAM does not have. */
export function parseOperator(name: string): Operator | undefined {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name)
  const base = parts?.[2]
  if (!parts || !base || !(base === 'Null' || Object.hasOwn(comparisons, base))) return undefined
  if (base === 'Null' && (parts[1] ?? parts[3])) return undefined
  const set = parts[1] === 'ForAllValues' || parts[1] === 'ForAnyValue' ? parts[1] : undefined
  return { set, base, ifExists: parts[3] !== undefined }
}

/**
 * Whether a condition holds for a request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 *
 * A key that the request does not have: a positive operator is false, a negated one true, `…IfExists` true.
 * `ForAllValues` of no values is true, `ForAnyValue` of no values false, whatever the operator after it:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function holds(
  { operator, key, values }: Condition,
  context: RequestContext,
  { variables }: { readonly variables: boolean },
): boolean {
  const actual = context.values(key)
  if (operator.base === 'Null') return values.some((value) => (value.toLowerCase() === 'true') === !actual)
  const comparison = comparisons[operator.base]
  if (!comparison) return false
  if (!actual && operator.ifExists) return true
  const wanted = values.flatMap((value) => {
    const resolved = variables ? resolveVariables(value, context) : plainText(value)
    return resolved ? [resolved] : []
  })
  const matches = (value: string) =>
    comparison.negated !== wanted.some((candidate) => comparison.test(candidate, value))
  if (operator.set === 'ForAllValues') return (actual ?? []).every(matches)
  if (operator.set === 'ForAnyValue') return (actual ?? []).some(matches)
  if (!actual) return comparison.negated
  return comparison.negated ? actual.every(matches) : actual.some(matches)
}

interface Comparison {
  readonly negated: boolean
  readonly test: (wanted: ResolvedText, actual: string) => boolean
}

const equals = (wanted: ResolvedText, actual: string) => wanted.text === actual
const equalsIgnoringCase = (wanted: ResolvedText, actual: string) =>
  wanted.text.toLowerCase() === actual.toLowerCase()
const isLike = (wanted: ResolvedText, actual: string) => matchesGlob(wanted.glob, actual)
const isInWantedRange = (wanted: ResolvedText, actual: string) => isInRange(actual, wanted.text)

const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: { negated: false, test: equals },
  StringNotEquals: { negated: true, test: equals },
  StringEqualsIgnoreCase: { negated: false, test: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { negated: true, test: equalsIgnoringCase },
  StringLike: { negated: false, test: isLike },
  StringNotLike: { negated: true, test: isLike },
  // The two pairs of Arn operators behave alike, wildcards included, says the page above.
  ArnEquals: { negated: false, test: isArnLike },
  ArnNotEquals: { negated: true, test: isArnLike },
  ArnLike: { negated: false, test: isArnLike },
  ArnNotLike: { negated: true, test: isArnLike },
  Bool: { negated: false, test: equalsIgnoringCase },
  BinaryEquals: { negated: false, test: equals },
  IpAddress: { negated: false, test: isInWantedRange },
  NotIpAddress: { negated: true, test: isInWantedRange },
  ...ordered('Numeric', parseNumber),
  ...ordered('Date', parseDate),
}

/** Each of the six parts of an ARN is compared by itself, so that a wildcard never reaches over a colon. */
function isArnLike(wanted: ResolvedText, actual: string): boolean {
  const patterns = splitGlob(wanted.glob, 6)
  const parts = splitGlob(parseGlob(actual), 6).map((part) => part.map(literal).join(''))
  return (
    patterns.length === 6 &&
    parts.length === 6 &&
    patterns.every((pattern, index) => matchesGlob(pattern, parts[index] ?? ''))
  )
}

function literal(character: string | symbol): string {
  return typeof character === 'string' ? character : (character.description ?? '')
}

/** The six comparisons of values that have an order; a value that cannot be read matches nothing. */
function ordered(
  prefix: string,
  parse: (text: string) => number | undefined,
): Readonly<Record<string, Comparison>> {
  const test =
    (compare: (actual: number, wanted: number) => boolean) => (wanted: ResolvedText, actual: string) => {
      const left = parse(actual)
      const right = parse(wanted.text)
      return left !== undefined && right !== undefined && compare(left, right)
    }
  const same = test((actual, wanted) => actual === wanted)
  return {
    [`${prefix}Equals`]: { negated: false, test: same },
    [`${prefix}NotEquals`]: { negated: true, test: same },
    [`${prefix}LessThan`]: { negated: false, test: test((actual, wanted) => actual < wanted) },
    [`${prefix}LessThanEquals`]: { negated: false, test: test((actual, wanted) => actual <= wanted) },
    [`${prefix}GreaterThan`]: { negated: false, test: test((actual, wanted) => actual > wanted) },
    [`${prefix}GreaterThanEquals`]: { negated: false, test: test((actual, wanted) => actual >= wanted) },
  }
}

function parseNumber(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}

/** ISO 8601, or seconds since 1970. */
function parseDate(text: string): number | undefined {
  const milliseconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}
