/**
 * Whether `fetch` threw this because no answer came, and not because of a mistake of ours in the request: `fetch`
 * reports the network as a `TypeError` with a cause, and what was given up by the name of the signal's error.
 * https://fetch.spec.whatwg.org/#fetch-method
 */
export function isTransportFailure(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return true
  return error instanceof TypeError && error.cause instanceof Error
}
