import { type ModelShape, type ServiceModel, shapeOf } from './service-model.ts'

type Input = Readonly<Record<string, unknown>>

/** An input, and what about it is at a limit or past it. */
export interface Variant {
  /** `Tags[].Key longer than 128` */
  readonly title: string
  readonly input: Input
}

/** Inputs that break one constraint each: everything that the model of an operation's input demands. */
export function invalidVariants(model: ServiceModel, inputShape: string, valid: Input): readonly Variant[] {
  const { required = [] } = shapeOf(model, inputShape)
  return [
    ...required.map((name) => ({ title: `${name} left out`, input: { ...valid, [name]: undefined } })),
    ...memberVariants(model, inputShape, { valid, candidates: brokenBy }),
  ]
}

/** Inputs that are just inside one limit each. */
export function limitVariants(model: ServiceModel, inputShape: string, valid: Input): readonly Variant[] {
  return memberVariants(model, inputShape, { valid, candidates: atLimits })
}

/** A value for a member, and what is special about it. */
type Candidate = readonly [what: string, value: unknown]

type Candidates = (model: ServiceModel, shape: ModelShape) => Iterable<Candidate>

/** Put every candidate for every member, however deep, into the valid input. */
function memberVariants(
  model: ServiceModel,
  inputShape: string,
  { valid, candidates }: { readonly valid: Input; readonly candidates: Candidates },
): readonly Variant[] {
  function visit(name: string, path: string, wrap: (value: unknown) => Input): readonly Variant[] {
    const shape = shapeOf(model, name)
    return [
      ...Array.from(candidates(model, shape), ([what, value]) => ({
        title: `${path} ${what}`,
        input: wrap(value),
      })),
      ...Object.entries(shape.members ?? {}).flatMap(([member, inner]) =>
        visit(inner.shape, `${path}.${member}`, (value) => wrap({ [member]: value })),
      ),
      ...(shape.member ? visit(shape.member.shape, `${path}[]`, (value) => wrap([value])) : []),
    ]
  }
  return Object.entries(shapeOf(model, inputShape).members ?? {}).flatMap(([member, { shape }]) =>
    visit(shape, member, (value) => ({ ...valid, [member]: value })),
  )
}

function* brokenBy(model: ServiceModel, shape: ModelShape): Iterable<Candidate> {
  const { min, max, pattern } = shape
  yield ['of another type', wrongType(shape)]
  switch (shape.type) {
    case 'string':
      if (min) yield [`shorter than ${min}`, 'a'.repeat(min - 1)]
      if (max !== undefined) yield [`longer than ${max}`, 'a'.repeat(max + 1)]
      if (pattern) yield ['of another pattern', unlike(pattern)]
      if (shape.enum) yield ['of no enumeration', 'no-such-value']
      return
    case 'blob':
      if (min) yield [`shorter than ${min}`, '']
      if (max !== undefined) yield [`longer than ${max}`, Buffer.alloc(max + 1).toString('base64')]
      return
    case 'integer':
    case 'long':
      if (min !== undefined) yield [`less than ${min}`, min - 1]
      if (max !== undefined) yield [`more than ${max}`, max + 1]
      return
    case 'list':
      if (min) yield [`of fewer than ${min}`, []]
      if (max !== undefined)
        yield [`of more than ${max}`, Array.from({ length: max + 1 }, () => anyItem(model, shape))]
      return
    case 'structure':
      if (shape.required?.length) yield [`without ${shape.required.join(', ')}`, {}]
      return
    default:
      return
  }
}

function* atLimits(
  _model: ServiceModel,
  { type, min, max, pattern, ...rest }: ModelShape,
): Iterable<Candidate> {
  if (pattern !== undefined || rest.enum) return
  const limits = [...new Set([min, max])].filter((limit) => limit !== undefined)
  for (const limit of limits) {
    if (type === 'string') yield [`of length ${limit}`, 'a'.repeat(limit)]
    if (type === 'blob' && limit > 0) yield [`of length ${limit}`, Buffer.alloc(limit).toString('base64')]
    if (type === 'integer') yield [`of ${limit}`, limit]
  }
}

function anyItem(model: ServiceModel, list: ModelShape): unknown {
  const { type } = shapeOf(model, list.member?.shape ?? '')
  return type === 'structure' ? {} : 'a'
}

function wrongType({ type }: ModelShape): unknown {
  return type === 'list' || type === 'string' || type === 'blob' ? { not: 'this' } : 'text'
}

/** A text that a pattern does not cover. */
function unlike(pattern: string): string {
  const whole = new RegExp(`^(?:${pattern})$`)
  const text = ['<>', '*', 'Ä', '~', ' '].find((candidate) => !whole.test(candidate))
  if (text === undefined) throw new Error(`everything is like ${pattern}`)
  return text
}
