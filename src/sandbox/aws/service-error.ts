/** A refusal of an operation, before it is put into the wire form of its service. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  /** AWS's name of the exception. */
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}
