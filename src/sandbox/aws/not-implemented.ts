import { ServiceError } from './service-error.ts'

/** AWS does this, the sandbox does not. SDKs show the text and do not try again after a 501. */
export function notImplemented(what: string): ServiceError {
  return new ServiceError('SandboxNotImplemented', `the sandbox does not do ${what}; AWS does`, 501)
}
