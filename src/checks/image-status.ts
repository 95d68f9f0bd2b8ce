import type { PullthroughError } from '../errors.ts'
import { type CheckId, failed, type Finding, skipped } from './finding.ts'

/**
 * A step that could not be asked about. That this caller may not ask does not make a pull fail, so it is not red.
 */
export function unanswered(id: CheckId, target: string, error: PullthroughError): Finding {
  switch (error.code) {
    case 'ERR_DENIED':
      return { ...failed(id, target, error), status: 'unknowable' }
    case 'ERR_UNAUTHENTICATED':
      return skipped(id, target, 'AWS does not know the caller, see image.rule')
    default:
      return failed(id, target, error)
  }
}

/**
 * A step that fails, but not for an image that is cached: that is served though ECR cannot reach the upstream.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export function onceCached(finding: Finding): Finding {
  const { status, cause = '' } = finding
  if (status !== 'drift' && status !== 'missing') return finding
  return {
    ...finding,
    status: 'warning',
    cause: `${cause}; this image is cached and still pulls, but it is not refreshed, and tags that are not cached fail`,
  }
}
