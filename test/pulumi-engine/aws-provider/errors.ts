/** What AWS answered, in the words of the Go SDK, which the real provider passes on. */
export class OperationError extends Error {
  /** The exception's name, `ResourceNotFoundException`; '' if AWS did not answer. */
  readonly code: string

  constructor(service: string, operation: string, cause: unknown) {
    super(`operation error ${service}: ${operation}, ${wordsOf(cause)}`, { cause })
    this.code = isServiceException(cause) ? cause.name : ''
  }
}

/** https://github.com/hashicorp/terraform-plugin-sdk/blob/main/helper/retry/error.go */
export class NotFoundError extends Error {
  constructor() {
    super("couldn't find resource")
  }
}

/** Answer with what AWS does; its errors become {@link OperationError}. */
export async function operation<Output>(
  service: string,
  name: string,
  answer: Promise<Output>,
): Promise<Output> {
  try {
    return await answer
  } catch (error) {
    throw new OperationError(service, name, error)
  }
}

export const isAnswer = (error: unknown, ...codes: readonly string[]): error is OperationError =>
  error instanceof OperationError && codes.includes(error.code)

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The list that Terraform's diagnostics become. https://github.com/hashicorp/go-multierror/blob/main/format.go */
export const oneError = (message: string): string => `1 error occurred:\n\t* ${message}\n\n`

interface ServiceException extends Error {
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string }
}

const isServiceException = (error: unknown): error is ServiceException =>
  error instanceof Error && '$fault' in error && '$metadata' in error

function wordsOf(error: unknown): string {
  if (!isServiceException(error)) return `request send failed, ${messageOf(error)}`
  const { httpStatusCode = 0, requestId = '' } = error.$metadata
  // What the service's model names has a class of its own.
  const kind = error.constructor.name === error.name ? error.name : `api error ${error.name}`
  return `https response error StatusCode: ${httpStatusCode}, RequestID: ${requestId}, ${kind}: ${error.message}`
}
