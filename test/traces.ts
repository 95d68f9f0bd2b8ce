import { inspect } from 'node:util'

/** Everything that logging, printing or serializing a value could show, its causes and hidden members included. */
export function tracesOf(...values: readonly unknown[]): string {
  return values
    .flatMap((value) => [...chainOf(value)])
    .flatMap((value) => [
      inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null }),
      JSON.stringify({ value }),
      value instanceof Error
        ? `${value.message}\n${value.stack ?? ''}\n${JSON.stringify(Object.entries(value))}`
        : String(value),
    ])
    .join('\n')
}

function* chainOf(value: unknown): Generator {
  yield value
  if (value instanceof Error && value.cause !== undefined) yield* chainOf(value.cause)
}
