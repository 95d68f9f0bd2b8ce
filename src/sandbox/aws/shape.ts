import { ServiceError } from './service-error.ts'

/** What a value of a request may be: the part of a Smithy model that a server enforces. */
export type Shape =
  | StringShape
  | BlobShape
  | NumberShape
  | BooleanShape
  | ListShape<Shape>
  | StructureShape<Readonly<Record<string, Shape>>, string>

export interface StringShape {
  readonly type: 'string'
  readonly min?: number
  readonly max?: number
  readonly pattern?: RegExp
  readonly values?: readonly string[]
  /** A secret: measured in bytes, and never repeated in an error. */
  readonly sensitive?: boolean
}

interface BlobShape {
  readonly type: 'blob'
  readonly min: number
  readonly max: number
}

export interface NumberShape {
  readonly type: 'number'
  readonly min?: number
  readonly max?: number
}

interface BooleanShape {
  readonly type: 'boolean'
}

export interface ListShape<Member extends Shape> {
  readonly type: 'list'
  readonly member: Member
  readonly min?: number
  readonly max?: number
}

export interface StructureShape<Members extends Readonly<Record<string, Shape>>, Required extends string> {
  readonly type: 'structure'
  readonly members: Members
  readonly required: readonly Required[]
}

/** The TypeScript type of what has a shape. */
export type ValueOf<S> = S extends StringShape
  ? string
  : S extends BlobShape
    ? Buffer
    : S extends NumberShape
      ? number
      : S extends BooleanShape
        ? boolean
        : S extends ListShape<infer Member>
          ? readonly ValueOf<Member>[]
          : S extends { readonly members: infer Members; readonly required: readonly (infer Required)[] }
            ? { readonly [Name in Extract<keyof Members, Required>]: ValueOf<Members[Name]> } & {
                readonly [Name in Exclude<keyof Members, Required>]?: ValueOf<Members[Name]>
              }
            : never

/** A list of something. */
export function list<Member extends Shape>(
  member: Member,
  bounds: { readonly min?: number; readonly max?: number } = {},
): ListShape<Member> {
  return { type: 'list', member, ...bounds }
}

/** An object with known members, none of them required unless it is listed. */
export function structure<Members extends Readonly<Record<string, Shape>>>(
  members: Members,
): StructureShape<Members, never>
export function structure<
  Members extends Readonly<Record<string, Shape>>,
  Required extends keyof Members & string,
>(members: Members, required: readonly Required[]): StructureShape<Members, Required>
export function structure(
  members: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
): StructureShape<Readonly<Record<string, Shape>>, string> {
  return { type: 'structure', members, required }
}

/**
 * Read the body of a request. Members that the shape does not have are ignored, and null is the same as absent.
 *
 * @param code what the service calls an input that breaks a constraint
 * @throws `ServiceError`: `SerializationException` for JSON of another type, `code` with every constraint that is
 * broken.
 */
export function readInput<S extends Shape>(shape: S, body: Buffer, code = 'ValidationException'): ValueOf<S> {
  return readValue(shape, parseJson(body), code)
}

/** The same for a value that was taken from its wire form already. */
export function readValue<S extends Shape>(shape: S, sent: unknown, code: string): ValueOf<S> {
  const faults: string[] = []
  const value = read(shape, sent, { path: '', faults })
  if (faults.length > 0) {
    const noun = faults.length === 1 ? 'error' : 'errors'
    throw new ServiceError(code, `${faults.length} validation ${noun} detected: ${faults.join('; ')}`)
  }
  // `read` has made a value of the shape, or noted a fault.
  return value as ValueOf<S>
}

interface Place {
  /** `tags.1.member.key`, as AWS writes it. */
  readonly path: string
  readonly faults: string[]
}

function read(shape: Shape, value: unknown, place: Place): unknown {
  switch (shape.type) {
    case 'string':
      return readString(shape, value, place)
    case 'blob':
      return readBlob(shape, value, place)
    case 'number':
      if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType()
      checkBounds(value, shape, place, { what: 'value', shown: String(value) })
      return value
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType()
      return value
    case 'list': {
      if (!Array.isArray(value)) throw wrongType()
      const items: unknown[] = value
      checkBounds(items.length, shape, place, { what: 'length', shown: JSON.stringify(items) })
      return items.map((item, index) =>
        read(shape.member, item, { ...place, path: `${place.path}.${index + 1}.member` }),
      )
    }
    case 'structure':
      return readStructure(shape, value, place)
  }
}

function readString(shape: StringShape, value: unknown, place: Place): string {
  if (typeof value !== 'string') throw wrongType()
  const shown = shape.sensitive ? undefined : value
  checkBounds(shape.sensitive ? Buffer.byteLength(value) : value.length, shape, place, {
    what: 'length',
    shown,
  })
  if (shape.pattern && !shape.pattern.test(value)) {
    note(place, shown, `Member must satisfy regular expression pattern: ${shape.pattern.source}`)
  }
  if (shape.values && !shape.values.includes(value)) {
    note(place, shown, `Member must satisfy enum value set: [${shape.values.join(', ')}]`)
  }
  return value
}

function readBlob(shape: BlobShape, value: unknown, place: Place): Buffer {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0)
    throw wrongType()
  const bytes = Buffer.from(value, 'base64')
  checkBounds(bytes.length, shape, place, { what: 'length', shown: undefined })
  return bytes
}

function readStructure(
  { members, required }: StructureShape<Readonly<Record<string, Shape>>, string>,
  value: unknown,
  place: Place,
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType()
  const sent = new Map(Object.entries(value))
  const result: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(members)) {
    const path = `${place.path}${place.path === '' ? '' : '.'}${name[0]?.toLowerCase() ?? ''}${name.slice(1)}`
    const item: unknown = sent.get(name) ?? undefined
    if (item !== undefined) {
      result[name] = read(member, item, { ...place, path })
    } else if (required.includes(name)) {
      place.faults.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`)
    }
  }
  return result
}

function checkBounds(
  size: number,
  { min, max }: { readonly min?: number; readonly max?: number },
  place: Place,
  { what, shown }: { readonly what: 'length' | 'value'; readonly shown: string | undefined },
): void {
  if (min !== undefined && size < min)
    note(place, shown, `Member must have ${what} greater than or equal to ${min}`)
  if (max !== undefined && size > max)
    note(place, shown, `Member must have ${what} less than or equal to ${max}`)
}

function note({ path, faults }: Place, shown: string | undefined, constraint: string): void {
  const value = shown === undefined ? 'Value' : `Value '${shown}'`
  faults.push(`${value} at '${path}' failed to satisfy constraint: ${constraint}`)
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {}
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw wrongType()
  }
}

function wrongType(): ServiceError {
  return new ServiceError(
    'SerializationException',
    'The request could not be read: its JSON is not of the expected form.',
  )
}
