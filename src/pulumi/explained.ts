import { inspect } from 'node:util'
import { type Resource, ResourceError } from '@pulumi/pulumi'
import { PullthroughError } from '../errors.ts'

/** Let an error of ours fail the resource that it is about: Pulumi then shows it there, with its hint, without a stack. */
export function explained<T>(resource: Resource, compute: () => T): T {
  try {
    return compute()
  } catch (error) {
    return failOf(resource)(error)
  }
}

/** The same, for a promise’s `catch`. */
export function failOf(resource: Resource): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof PullthroughError)) throw brief(error)
    const { message, hint } = error
    const shown = new ResourceError(hint === undefined ? message : `${message}\n${hint}`, resource, true)
    shown.stack = shown.message
    throw brief(shown)
  }
}

/** Pulumi inspects the error that ends a program, and would print all that hangs on it: half a minute of it. */
function brief(error: unknown): unknown {
  return error instanceof Error
    ? Object.defineProperty(error, inspect.custom, { value: () => error.stack ?? error.message })
    : error
}
