import { familiarReference, formatReference } from '../ecr/image-reference.ts'
import type { PulledImage, PullRefusal } from '../ecr/pull-image.ts'
import type { PullLimit } from '../registries/pull-limit.ts'
import { found } from './causes/cause.ts'
import { pullCauses } from './causes/pull.ts'
import { failed, type Finding, type Measured, ok, skipped } from './finding.ts'
import type { NewPull, PullFacts, PullTried } from './pull-facts.ts'

/** What the findings about pulls hang on besides the pulls. */
export interface PullContext {
  /** The user of the source’s credential, as it may be shown. */
  readonly username: string | undefined
  /** Whether ECR cannot log in through a rule, as `rule.valid` says. */
  readonly isRuleInvalid: (prefix: string) => boolean
}

/** Every finding about the pulls in one Region. */
export function judgePull(facts: PullFacts, context: PullContext): readonly Finding[] {
  return [
    judgeNew(facts, context),
    judgeCached(facts, context),
    judgeQuota(facts, context),
    ...judgeCleanUp(facts),
  ]
}

/** The target of the findings of a Region: `us-east-1 docker-hub/library/busybox`. */
export function pullTarget({ region, repository }: Pick<PullFacts, 'region' | 'repository'>): string {
  return `${region} ${repository}`
}

function judgeNew(facts: PullFacts, context: PullContext): Finding {
  const target = pullTarget(facts)
  const { fresh, cached } = facts
  if (fresh.error) return failed('pull.new', target, fresh.error)
  if ('none' in fresh.value) return skipped('pull.new', target, fresh.value.none)
  const { pull, reference, atUpstream } = fresh.value
  const image = nameOf(facts, reference)
  if (pull.error) return failed('pull.new', target, pull.error)
  if (pull.value.refusal) {
    const told = { image, said: saidBy(pull.value.refusal), remedy: remedyFor(facts, reference, context) }
    return cached?.isFromBefore && cached.pull.value?.image
      ? found(pullCauses['cache-hides-failure'], target, { ...told, cached: nameOf(facts, cached.reference) })
      : found(pullCauses['new-image-refused'], target, told)
  }
  const { digest } = pull.value.image
  if (atUpstream !== undefined && atUpstream !== digest) {
    return found(pullCauses['digest-differs'], target, { image, digest, atUpstream })
  }
  return measured(ok('pull.new', target, describe(image, pull.value.image)), image, pull.value.image)
}

function judgeCached(facts: PullFacts, context: PullContext): Finding {
  const target = pullTarget(facts)
  const { cached } = facts
  if (!cached) return skipped('pull.cached', target, 'no image of it is cached')
  const { pull, reference, isFromBefore } = cached
  const image = nameOf(facts, reference)
  if (pull.error) return failed('pull.cached', target, pull.error)
  if (pull.value.refusal) {
    return found(pullCauses['cached-image-refused'], target, {
      image,
      said: saidBy(pull.value.refusal),
      remedy: remedyFor(facts, reference, context),
    })
  }
  const since = isFromBefore ? '' : ', just cached'
  return measured(
    ok('pull.cached', target, describe(image, pull.value.image) + since),
    image,
    pull.value.image,
  )
}

function judgeQuota(
  { fresh, cached, limits, upstream, ...place }: PullFacts,
  { username }: PullContext,
): Finding {
  const target = pullTarget(place)
  if (upstream.domain !== 'docker.io') {
    return skipped('pull.quota', target, 'the upstream is not Docker Hub')
  }
  if (!isThrough(fresh.value)) return skipped('pull.quota', target, 'no new image was pulled, see pull.new')
  if (!limits || username === undefined) {
    const why = 'no credential that Docker Hub accepts could be read here'
    return found(pullCauses['count-unknown'], target, { why })
  }
  const unknown = limits.find(
    (limit): limit is Extract<PullLimit, { state: 'unknown' }> => limit.state === 'unknown',
  )
  if (unknown) return found(pullCauses['count-unknown'], target, unknown)
  const [before, between, after] = limits.map((limit) =>
    limit.state === 'limited' ? limit.remaining : undefined,
  )
  if (before === undefined || between === undefined || after === undefined) {
    return found(pullCauses['nothing-counts'], target, { username })
  }
  if (between >= before)
    return found(pullCauses['count-did-not-fall'], target, { username, remaining: between })
  const ofCached = cached ? `, and the cached one ${between === after ? 'none' : `${between - after}`}` : ''
  return ok(
    'pull.quota',
    target,
    `the new image used ${before - between} of ${username}’s pulls${ofCached}: ${after} are left`,
  )
}

function judgeCleanUp({ cleanedUp, ...place }: PullFacts): readonly Finding[] {
  if (!cleanedUp) return []
  const target = pullTarget(place)
  if (cleanedUp.error) return [failed('pull.clean-up', target, cleanedUp.error)]
  const { digests, isRepositoryGone } = cleanedUp.value
  const images = digests === 0 ? 'the tag' : digests === 1 ? '1 image' : `${digests} images`
  return [
    ok(
      'pull.clean-up',
      target,
      `deleted ${images} that the pull had brought${isRepositoryGone ? ', and the repository' : ''}`,
    ),
  ]
}

function isThrough(fresh: NewPull | { readonly none: string } | undefined): boolean {
  return fresh !== undefined && 'pull' in fresh && fresh.pull.value?.image !== undefined
}

/** `docker-hub/library/busybox:1.37.0` */
function nameOf({ repository: path }: PullFacts, tag: PullTried['reference']): string {
  return formatReference({ domain: '', path, tag })
}

/** What the registry said, to end one of our sentences with. */
function saidBy({ code, message, status }: PullRefusal): string {
  const said = message.replace(/\.$/, '')
  return code === '' ? `${said} (${status})` : `${code}: ${said}`
}

/** A rule that is found to be invalid has its own fix; what else can be is for `doctor` to say. */
function remedyFor(
  { rule, region, upstream }: PullFacts,
  tag: string,
  { isRuleInvalid }: PullContext,
): string {
  if (isRuleInvalid(rule.ecrRepositoryPrefix)) return 'do what mends rule.valid'
  return `run: pullthrough doctor ${familiarReference({ ...upstream, tag })} --region ${region}`
}

/** `docker-hub/library/busybox:1.37.0 for linux/amd64: 2.1 MB in 812 ms` */
function describe(image: string, { platform, bytes, milliseconds }: PulledImage): string {
  const whose = platform === undefined ? '' : ` for ${platform}`
  return `${image}${whose}: ${size(bytes)} in ${milliseconds} ms`
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

function measured(finding: Finding, image: string, { digest, bytes, milliseconds }: PulledImage): Finding {
  const pull: Measured = { image, digest, bytes, milliseconds }
  return { ...finding, pull }
}
