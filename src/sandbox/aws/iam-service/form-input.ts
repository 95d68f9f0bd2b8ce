import { notImplemented } from '../not-implemented.ts'
import { readValue, type Shape, type StructureShape, type ValueOf } from '../shape.ts'

/** What names the operation and is the same for all of them. */
const commonParameters = ['Action', 'Version']

/**
 * Read the parameters in the body of a query request; the items of a list come as `NAME.member.N`.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 *
 * @throws `ServiceError`: `ValidationError` with every constraint that is broken, 501 for a parameter that the shape
 * does not have
 */
export function readForm<S extends StructureShape<Readonly<Record<string, Shape>>, string>>(
  shape: S,
  body: Buffer,
): ValueOf<S> {
  const form = new URLSearchParams(body.toString('utf8'))
  const operation = form.get('Action') ?? ''
  const sent: Record<string, unknown> = {}
  for (const name of new Set([...form.keys()].map((key) => key.split('.')[0] ?? ''))) {
    if (commonParameters.includes(name)) continue
    const member = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined
    if (!member) throw notImplemented(`iam ${operation} with ${name}`)
    sent[name] = member.type === 'list' ? itemsOf(form, name) : form.get(name)
  }
  return readValue(shape, sent, 'ValidationError')
}

function itemsOf(form: URLSearchParams, name: string): readonly string[] {
  const numbered = [...form].flatMap(([key, value]) => {
    const position = key.startsWith(`${name}.member.`) ? Number(key.slice(`${name}.member.`.length)) : NaN
    return Number.isInteger(position) ? [{ position, value }] : []
  })
  return numbered.sort((a, b) => a.position - b.position).map(({ value }) => value)
}
