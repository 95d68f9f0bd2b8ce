import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** A service model as botocore ships it; only what is checked. */
export interface ServiceModel {
  readonly operations: Readonly<Record<string, ModelOperation>>
  readonly shapes: Readonly<Record<string, ModelShape>>
}

interface ModelOperation {
  readonly input?: { readonly shape: string }
  readonly output?: { readonly shape: string }
  readonly errors?: readonly { readonly shape: string }[]
}

export interface ModelShape {
  readonly type: string
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly required?: readonly string[]
  readonly members?: Readonly<Record<string, { readonly shape: string }>>
  readonly member?: { readonly shape: string }
  readonly key?: { readonly shape: string }
  readonly value?: { readonly shape: string }
}

/**
 * Read a model.
 *
 * @param folder botocore itself, or its `data`
 * @param service `secretsmanager/2017-10-17`
 */
export function readServiceModel(folder: string, service: string): ServiceModel {
  const files = ['', 'data', 'botocore/data'].flatMap((inside) =>
    ['service-2.json', 'service-2.json.gz'].map((name) => join(folder, inside, service, name)),
  )
  const file = files.find((candidate) => existsSync(candidate))
  if (!file) throw new Error(`there is no model of ${service} in ${folder}`)
  const bytes = readFileSync(file)
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as ServiceModel
}

/** A shape by its name. */
export function shapeOf(model: ServiceModel, name: string): ModelShape {
  const shape = model.shapes[name]
  if (!shape) throw new Error(`the model has no shape ${name}`)
  return shape
}

/** Everything in a JSON value that its shape does not allow, with the place it is at. */
export function faultsOf(model: ServiceModel, shapeName: string, value: unknown, at = ''): readonly string[] {
  const shape = shapeOf(model, shapeName)
  const fault = (what: string) => [`${at || '.'}: ${what} (${shapeName})`]
  switch (shape.type) {
    case 'structure': {
      if (!isRecord(value)) return fault('not an object')
      const members = shape.members ?? {}
      const missing = (shape.required ?? []).filter((name) => value[name] === undefined)
      return [
        ...missing.flatMap((name) => fault(`no ${name}`)),
        ...Object.entries(value).flatMap(([name, item]) => {
          const member = members[name]
          return member ? faultsOf(model, member.shape, item, `${at}.${name}`) : fault(`an unknown ${name}`)
        }),
      ]
    }
    case 'list':
      if (!Array.isArray(value)) return fault('not a list')
      return [
        ...sizeFaults(shape, value.length, fault),
        ...value.flatMap((item, index) =>
          faultsOf(model, shape.member?.shape ?? '', item, `${at}[${index}]`),
        ),
      ]
    case 'map':
      if (!isRecord(value)) return fault('not a map')
      return Object.entries(value).flatMap(([key, item]) => [
        ...faultsOf(model, shape.key?.shape ?? '', key, `${at} key`),
        ...faultsOf(model, shape.value?.shape ?? '', item, `${at}[${key}]`),
      ])
    case 'string':
      if (typeof value !== 'string') return fault('not a string')
      return [
        ...sizeFaults(shape, value.length, fault),
        ...(shape.pattern && !new RegExp(`^(?:${shape.pattern})$`).test(value)
          ? fault('not of the pattern')
          : []),
        ...(shape.enum && !shape.enum.includes(value) ? fault('not of the enumeration') : []),
      ]
    case 'blob':
      if (typeof value !== 'string' || Buffer.from(value, 'base64').toString('base64') !== value) {
        return fault('not base64')
      }
      return sizeFaults(shape, Buffer.from(value, 'base64').length, fault)
    case 'boolean':
      return typeof value === 'boolean' ? [] : fault('not a boolean')
    case 'integer':
    case 'long':
      if (!Number.isInteger(value)) return fault('not an integer')
      return sizeFaults(shape, Number(value), fault)
    case 'timestamp':
      return typeof value === 'number' ? [] : fault('not a number of seconds')
    default:
      throw new Error(`a shape of the type ${shape.type} cannot be checked`)
  }
}

function sizeFaults(
  { min, max }: ModelShape,
  size: number,
  fault: (what: string) => readonly string[],
): readonly string[] {
  return [
    ...(min !== undefined && size < min ? fault(`smaller than ${min}`) : []),
    ...(max !== undefined && size > max ? fault(`larger than ${max}`) : []),
  ]
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
