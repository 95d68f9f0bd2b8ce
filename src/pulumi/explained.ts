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
    if (!(error instanceof PullthroughError)) throw error
    const { message, hint } = error
    const shown = new ResourceError(hint === undefined ? message : `${message}\n${hint}`, resource, true)
    // Pulumi inspects the error that ends a program, and would print all that hangs on it: half a minute of it.
    shown.stack = shown.message
    Object.defineProperty(shown, inspect.custom, { value: () => shown.message })
    throw shown
  }
}
