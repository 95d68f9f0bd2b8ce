import type { Answer } from '../service.ts'
import { problem } from './answer.ts'

/** A member of a request body; all of GitHub's that the sandbox reads are strings. */
export interface Field {
  readonly required: boolean
  readonly pattern?: RegExp
}

/** A body that was understood, or the answer that says why not. */
export type ReadBody<Name extends string> =
  { readonly fields: Readonly<Partial<Record<Name, string>>> } | { readonly refused: Answer }

/**
 * Read a JSON body by GitHub's rules and refuse it in GitHub's words.
 * https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 * and, for the texts, https://github.com/github/rest-api-description/issues/419 and 1688
 */
export function readBody<Name extends string>(
  body: Buffer,
  schema: Readonly<Record<Name, Field>>,
  documentation: string,
): ReadBody<Name> {
  const parsed = parseJson(body)
  if (parsed === undefined) return { refused: problem(400, 'Problems parsing JSON', documentation) }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { refused: problem(400, 'Body should be a JSON object', documentation) }
  }
  const given = parsed as Readonly<Record<string, unknown>>
  const wrong = invalidity(given, schema)
  if (wrong !== undefined) return { refused: problem(422, `Invalid request.\n\n${wrong}`, documentation) }
  const fields: Partial<Record<Name, string>> = {}
  for (const name of Object.keys(schema) as Name[]) {
    const value = given[name]
    if (typeof value === 'string') fields[name] = value
  }
  return { fields }
}

function parseJson(body: Buffer): unknown {
  const text = body.toString('utf8')
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function invalidity(
  given: Readonly<Record<string, unknown>>,
  schema: Readonly<Record<string, Field>>,
): string | undefined {
  const missing = Object.keys(schema).filter((name) => schema[name]?.required && !Object.hasOwn(given, name))
  if (missing.length > 0) {
    const names = missing.map((name) => `"${name}"`).join(', ')
    return `${names} ${missing.length === 1 ? "wasn't" : "weren't"} supplied.`
  }
  for (const [name, { pattern }] of Object.entries(schema)) {
    if (!Object.hasOwn(given, name)) continue
    const value = given[name]
    if (typeof value !== 'string') {
      return `For 'properties/${name}', ${value === null ? 'nil' : JSON.stringify(value)} is not a string.`
    }
    if (pattern && !pattern.test(value)) return `${value} does not match ${rubyRegExp(pattern)}.`
  }
  return undefined
}

/** As Ruby prints one: with every slash escaped. */
function rubyRegExp({ source }: RegExp): string {
  return `/${source.replace(/(?<!\\)\//g, '\\/')}/`
}
