/** Why nothing came from an upstream registry. */
export type UpstreamProblem =
  /** The secret cannot be read, or is not what ECR expects. */
  | 'secret-unreadable'
  /** The credential is not let in, or not to this repository: a repository that is not there looks the same. */
  | 'upstream-denied'
  /** The repository is there, the image is not. */
  | 'image-not-found'
  | 'upstream-throttled'
  /** No answer, an answer that is none of a registry's, or content that is not what its digest says. */
  | 'upstream-unavailable'

/** Ends an import; caught where the import began. */
export class UpstreamRefusal extends Error {
  override readonly name = 'UpstreamRefusal'
  readonly problem: UpstreamProblem

  constructor(problem: UpstreamProblem, options?: ErrorOptions) {
    super(problem, options)
    this.problem = problem
  }
}

/** What an answer of a registry, or of its token server, means for an import. */
export function problemOf(status: number): UpstreamProblem {
  if (status === 401 || status === 403) return 'upstream-denied'
  if (status === 404) return 'image-not-found'
  return status === 429 ? 'upstream-throttled' : 'upstream-unavailable'
}
