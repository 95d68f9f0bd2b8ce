import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/**
 * GitHub's own OpenAPI 3.0 description of api.github.com, from the package `@octokit/openapi`, and a checker for the
 * JSON Schema keywords that the sandbox's routes use: `$ref`, `type`, `nullable`, `enum`, `pattern`, `format`,
 * `properties`, `required`, `items`, `additionalProperties`, `oneOf`, and GitHub's `x-github-breaking-changes`.
 * An object's members that its schema does not name are violations too: the sandbox shall invent none.
 */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly nullable?: boolean
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: boolean | Schema
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly 'x-github-breaking-changes'?: readonly { readonly version: string; readonly patch: unknown }[]
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
}

/** One method of one path, as GitHub describes it. */
export interface DescribedOperation {
  readonly requestBody?: Content
  readonly responses: Readonly<
    Record<string, (Content & { readonly $ref?: never }) | { readonly $ref: string }>
  >
}

const require = createRequire(import.meta.url)
const description = JSON.parse(
  readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'),
) as { readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>> }

/** Every path that GitHub describes. */
export const describedPaths: readonly string[] = Object.keys(description.paths)

/** The operation at a path, whatever its parameters are called. */
export function describedOperation(method: string, path: string): DescribedOperation | undefined {
  const anonymous = (template: string) => template.replace(/\{\w+\}/g, '{}')
  const found = describedPaths.find((candidate) => anonymous(candidate) === anonymous(path))
  return found === undefined ? undefined : description.paths[found]?.[method.toLowerCase()]
}

/** The schema of what an operation answers with a status; `undefined` if it answers nothing. */
export function responseSchema(operation: DescribedOperation, status: number): Schema | undefined {
  const response = operation.responses[status]
  const content = response?.$ref === undefined ? response : (lookUp(response.$ref) as Content)
  return content?.content?.['application/json']?.schema
}

/**
 * What is wrong with a value.
 *
 * @param version of the API: schemas differ
 * @returns one line for each violation, with the place it is at
 */
export function violations(schema: Schema, value: unknown, version: string, at = '$'): readonly string[] {
  const { $ref } = schema
  if ($ref !== undefined) return violations(lookUp($ref) as Schema, value, version, at)
  const current = asOf(schema, version)
  if (value === null) return current.nullable ? [] : [`${at} is null`]
  const options = current.oneOf ?? current.anyOf
  if (options) return optionViolations(options, value, version, at)
  return [
    ...typeViolations(current, value, at),
    ...textViolations(current, value, at),
    ...(isRecord(value) ? memberViolations(current, value, version, at) : []),
    ...(Array.isArray(value) && current.items
      ? value.flatMap((item, index) => violations(current.items ?? {}, item, version, `${at}[${index}]`))
      : []),
  ]
}

/** `oneOf` is read as `anyOf`: GitHub's user is described by two schemas of which one contains the other. */
function optionViolations(options: readonly Schema[], value: unknown, version: string, at: string) {
  const results = options.map((option) => violations(option, value, version, at))
  return results.some((found) => found.length === 0) ? [] : results.flat()
}

function typeViolations({ type, enum: choices }: Schema, value: unknown, at: string): readonly string[] {
  const wrongChoice = choices !== undefined && !choices.includes(value)
  return [
    ...(type !== undefined && !hasType(type, value) ? [`${at} is not of type ${type}`] : []),
    ...(wrongChoice ? [`${at} is none of ${choices.join(', ')}`] : []),
  ]
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return isRecord(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text)),
  date: (text) => /^\d{4}-\d\d-\d\d$/.test(text),
  uri: (text) => URL.canParse(text),
}

function textViolations({ pattern, format }: Schema, value: unknown, at: string): readonly string[] {
  if (typeof value !== 'string') return []
  return [
    ...(pattern !== undefined && !new RegExp(pattern).test(value) ? [`${at} does not match ${pattern}`] : []),
    ...(formats[format ?? '']?.(value) === false ? [`${at} is no ${format ?? ''}: ${value}`] : []),
  ]
}

function memberViolations(
  { properties, required = [], additionalProperties }: Schema,
  value: Readonly<Record<string, unknown>>,
  version: string,
  at: string,
): readonly string[] {
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at} lacks ${name}`)
  const members = Object.entries(value).flatMap(([name, member]) => {
    const described = properties?.[name]
    if (described) return violations(described, member, version, `${at}.${name}`)
    if (typeof additionalProperties === 'object') {
      return violations(additionalProperties, member, version, `${at}.${name}`)
    }
    return properties && additionalProperties !== true ? [`${at}.${name} is not described`] : []
  })
  return [...missing, ...members]
}

/** A schema with the changes that a version made: JSON merge patches (RFC 7396), or lists of things to remove. */
function asOf(schema: Schema, version: string): Schema {
  const changes = schema['x-github-breaking-changes'] ?? []
  return changes
    .filter((change) => change.version <= version)
    .reduce<unknown>(
      (patched, { patch }) =>
        Array.isArray(patch) ? removeAll(patched, patch as readonly Removal[]) : merge(patched, patch),
      schema,
    ) as Schema
}

function merge(value: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const merged: Record<string, unknown> = isRecord(value) ? { ...value } : {}
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) Reflect.deleteProperty(merged, name)
    if (change !== null) merged[name] = merge(merged[name], change)
  }
  return merged
}

interface Removal {
  readonly op: string
  readonly path: string
}

function removeAll(value: unknown, removals: readonly Removal[]): unknown {
  const copy: unknown = structuredClone(value)
  for (const { op, path } of removals) {
    if (op !== 'remove') throw new Error(`a patch that the checker does not know: ${op}`)
    const [last = '', ...parents] = path.split('/').slice(1).reverse()
    const parent = parents.reverse().reduce<unknown>((node, name) => member(node, name), copy)
    if (Array.isArray(parent)) parent.splice(Number(last), 1)
    if (isRecord(parent)) Reflect.deleteProperty(parent, last)
  }
  return copy
}

/** What a reference such as `#/components/schemas/root` points to. */
function lookUp(reference: string): unknown {
  const found = reference
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (node, name) => member(node, name.replaceAll('~1', '/').replaceAll('~0', '~')),
      description,
    )
  if (found === undefined) throw new Error(`nothing is at ${reference}`)
  return found
}

function member(node: unknown, name: string): unknown {
  return isRecord(node) ? node[name] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
