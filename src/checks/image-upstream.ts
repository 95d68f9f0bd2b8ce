import { formatReference, pulledReference } from '../ecr/image-reference.ts'
import { domainOfUrl } from '../ecr/upstreams.ts'
import { describeLimitedRule, runsLow } from '../registries/pull-limit.ts'
import { found } from './causes/cause.ts'
import { ecrCauses } from './causes/ecr.ts'
import { imageCauses } from './causes/image.ts'
import { type Finding, ok, skipped } from './finding.ts'
import { type ImageFacts, imageTarget, meantUpstream } from './image-facts.ts'
import { unanswered } from './image-status.ts'

/** What the steps at the upstream hang on besides what was asked about the image. */
export interface UpstreamContext {
  /** Why ECR cannot log in through a rule, as far as `verify` can tell. */
  readonly whyInvalid: (prefix: string) => Pick<Finding, 'cause' | 'fix'> | undefined
  /** The user of the source’s credential, as it may be shown. */
  readonly username: string | undefined
  /** Whether the rule’s secret holds that credential; `undefined` if nothing tells. */
  readonly isCredentialOfRule: (prefix: string) => boolean | undefined
}

/** Whether ECR itself can log in to the rule’s upstream. */
export function judgeImageCredential(facts: ImageFacts, { whyInvalid }: UpstreamContext): Finding {
  const { region, validation, path } = facts
  const target = imageTarget(facts)
  if (!path.rule || !validation) return skipped('image.credential', target, 'no rule covers the image')
  if (validation.error) return unanswered('image.credential', target, validation.error)
  const { ecrRepositoryPrefix: prefix, upstreamRegistryUrl: url, credentialArn } = path.rule
  if (!validation.value) {
    return { ...found(ecrCauses['rule-vanished'], target, { region, prefix }), id: 'image.credential' }
  }
  if (validation.value.isValid) {
    return ok(
      'image.credential',
      target,
      credentialArn === undefined
        ? `ECR reaches ${url}, which needs no secret`
        : `ECR logs in to ${domainOfUrl(url)} with the rule’s secret`,
    )
  }
  const { failure } = validation.value
  const upstream = domainOfUrl(url)
  const step = found(imageCauses['credential-refused'], target, { region, prefix, upstream, failure })
  return { ...step, ...whyInvalid(prefix) }
}

/** Whether the upstream has the image, as far as it can be asked. */
export function judgeUpstream(facts: ImageFacts, context: UpstreamContext): Finding {
  const { atDockerHub, path } = facts
  const target = imageTarget(facts)
  const upstream = meantUpstream(path)
  if (!upstream) return skipped('image.upstream', target, 'the upstream is not known')
  if (!atDockerHub) {
    const { domain } = upstream
    return found(imageCauses['upstream-not-asked'], target, { image: formatReference(upstream), domain })
  }
  if (atDockerHub.error) return unanswered('image.upstream', target, atDockerHub.error)
  const { path: repository, tag, digest } = pulledReference(upstream)
  const reference = digest ?? tag ?? 'latest'
  const { state, loggedIn } = atDockerHub.value
  switch (state) {
    case 'there':
      return ok('image.upstream', target, `Docker Hub has ${repository} ${reference}`)
    case 'no-such-tag':
      return found(imageCauses['upstream-without-tag'], target, { repository, reference })
    case 'not-told':
      return skipped('image.upstream', target, 'Docker Hub does not tell, see image.limit')
    case 'hidden':
      break
  }
  if (repository.startsWith('library/')) {
    return skipped('image.upstream', target, 'there is no such official image, see image.library')
  }
  if (!loggedIn) {
    const why = 'no credential that Docker Hub accepts could be read here'
    return found(imageCauses['upstream-hidden'], target, { repository, why })
  }
  if (isOfRule(path, context) === false) {
    const why = 'AWS holds another credential than the source'
    return found(imageCauses['upstream-hidden'], target, { repository, why })
  }
  const { username = 'the account' } = context
  return found(imageCauses['upstream-without-repository'], target, { repository, username })
}

/** Whether pulls are left to the account whose credential ECR uses. */
export function judgeLimit(facts: ImageFacts, context: UpstreamContext): Finding {
  const { atDockerHub, path } = facts
  const target = imageTarget(facts)
  if (!atDockerHub) return skipped('image.limit', target, 'the upstream is not Docker Hub')
  if (!atDockerHub.value)
    return skipped('image.limit', target, 'Docker Hub gave no answer, see image.upstream')
  const { state, limit, loggedIn } = atDockerHub.value
  const unknown = (why: string) => found(imageCauses['limit-unknown'], target, { why })
  if (!loggedIn) return unknown('no credential that Docker Hub accepts could be read here')
  if (isOfRule(path, context) === false) return unknown('AWS holds another credential than the source')
  const { username = 'the account' } = context
  if (state === 'not-told') {
    const rule =
      limit.state === 'limited' ? describeLimitedRule(limit, username) : `${username} has a pull limit`
    return found(imageCauses['pulls-used-up'], target, { rule })
  }
  switch (limit.state) {
    case 'unlimited':
      return ok('image.limit', target, `no pull limit for ${username} and this image`)
    case 'unknown':
      return state === 'there'
        ? unknown(limit.why)
        : skipped('image.limit', target, 'Docker Hub tells it with an image alone, see image.upstream')
    case 'limited': {
      const { remaining } = limit
      const rule = describeLimitedRule(limit, username)
      if (remaining <= 0) return found(imageCauses['pulls-used-up'], target, { rule })
      if (runsLow(limit)) return found(imageCauses['pulls-run-low'], target, { rule, remaining })
      return ok('image.limit', target, `${rule}, and ${remaining} are left`)
    }
  }
}

/** Whether the image is in the cache; either is fine. */
export function judgeCached(facts: ImageFacts): Finding {
  const { hasImage } = facts
  const target = imageTarget(facts)
  if (!hasImage) return skipped('image.cached', target, 'the image has no place in the cache')
  if (hasImage.error) return unanswered('image.cached', target, hasImage.error)
  return ok(
    'image.cached',
    target,
    hasImage.value ? 'it is cached, and pulls whatever becomes of the upstream' : 'it is not cached yet',
  )
}

/** Whether the rule has the credential that Docker Hub was asked with. Without a rule nothing speaks against it. */
function isOfRule(
  { rule }: ImageFacts['path'],
  { isCredentialOfRule }: UpstreamContext,
): boolean | undefined {
  return rule && isCredentialOfRule(rule.ecrRepositoryPrefix)
}
