import { familiarReference, formatReference } from '../ecr/image-reference.ts'
import type { PulledImage } from '../ecr/pull-image.ts'
import type { PullRefusal } from '../ecr/registry-content.ts'
import type { PullLimit } from '../registries/pull-limit.ts'
import { found } from './causes/cause.ts'
import { pullCauses } from './causes/pull.ts'
import { failed, type Finding, type Measured, ok, skipped } from './finding.ts'
import type { NewPull, NoNewPull, PullFacts, PullTried } from './pull-facts.ts'

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
    ...judgePinned(facts),
    judgeQuota(facts, context),
    ...judgeCleanUp(facts),
  ]
}

/** The target of the findings of a Region: `us-east-1 docker-hub/library/busybox`. */
function pullTarget({ region, repository }: Pick<PullFacts, 'region' | 'repository'>): string {
  return `${region} ${repository}`
}

function judgeNew(facts: PullFacts, context: PullContext): Finding {
  const target = pullTarget(facts)
  const { fresh, cached } = facts
  if (fresh.error) return failed('pull.new', target, fresh.error)
  if ('none' in fresh.value) return skipped('pull.new', target, fresh.value.none)
  if ('notThere' in fresh.value)
    return found(pullCauses['not-at-upstream'], target, { why: fresh.value.notThere })
  const { pull, reference, atUpstream } = fresh.value
  const image = nameOf(facts, reference)
  if (pull.error) return failed('pull.new', target, pull.error)
  if (pull.value.refusal) {
    const { refusal } = pull.value
    const told = { image, said: saidBy(refusal), remedy: remedyFor(facts, reference, refusal, context) }
    // An image that the upstream may not have says nothing of others.
    const isThere = atUpstream?.state === 'there' || context.isRuleInvalid(facts.rule.ecrRepositoryPrefix)
    return isThere && cached?.isFromBefore && cached.pull.value?.image
      ? found(pullCauses['cache-hides-failure'], target, { ...told, cached: nameOf(facts, cached.reference) })
      : found(pullCauses['new-image-refused'], target, told)
  }
  const { digest } = pull.value.image
  if (atUpstream?.digest !== undefined && atUpstream.digest !== digest) {
    return found(pullCauses['digest-differs'], target, { image, digest, atUpstream: atUpstream.digest })
  }
  const isUnsaid = facts.upstream.domain === 'docker.io' && atUpstream?.digest === undefined
  const unsaid = isUnsaid ? '; Docker Hub did not say whether that is what it has' : ''
  return measured(ok('pull.new', target, describe(image, pull.value.image) + unsaid), image, pull.value.image)
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
      remedy: remedyFor(facts, reference, pull.value.refusal, context),
    })
  }
  const since = isFromBefore ? '' : ', just cached'
  return measured(
    ok('pull.cached', target, describe(image, pull.value.image) + since),
    image,
    pull.value.image,
  )
}

/** ECR brings nothing by digest. https://github.com/aws/containers-roadmap/issues/2837 */
function judgePinned(facts: PullFacts): readonly Finding[] {
  const { pinned, upstream, repository: path } = facts
  if (!pinned) return []
  const target = pullTarget(facts)
  const { pull, reference: digest } = pinned
  const image = formatReference({ domain: '', path, digest })
  if (pull.error) return [failed('pull.pinned', target, pull.error)]
  if (pull.value.image) {
    return [measured(ok('pull.pinned', target, describe(image, pull.value.image)), image, pull.value.image)]
  }
  const { tag = 'latest' } = upstream
  const now = pulledAs(tag, facts)
  if (now === undefined) return [skipped('pull.pinned', target, 'its tag was not pulled, see pull.new')]
  const said = saidBy(pull.value.refusal)
  return [found(pullCauses['pin-out-of-reach'], target, { image, tag, now, said })]
}

/** What a tag turned out to stand for. */
function pulledAs(tag: string, { fresh, cached }: PullFacts): string | undefined {
  const tried = [cached, fresh.value && 'pull' in fresh.value ? fresh.value : undefined]
  return tried.find((pull) => pull?.reference === tag)?.pull.value?.image?.digest
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
  if (between > before || after > between) {
    const why = `the count rose from ${Math.min(before, between)} to ${Math.max(between, after)} meanwhile, as it does when its window ends`
    return found(pullCauses['count-unknown'], target, { why })
  }
  if (between === before) {
    return found(pullCauses['count-did-not-fall'], target, { username, remaining: between })
  }
  // What else pulls with this account is counted too.
  const ofCached = cached
    ? `, and ${between === after ? 'none' : between - after} while the cached one was`
    : ''
  return ok(
    'pull.quota',
    target,
    `Docker Hub counted ${before - between} of ${username}’s pulls while the new image was pulled${ofCached}: ${after} are left`,
  )
}

function judgeCleanUp({ fresh, cleanedUp, ...facts }: PullFacts): readonly Finding[] {
  const place = { fresh, cleanedUp, ...facts }
  if (!cleanedUp || !fresh.value || !('pull' in fresh.value)) return []
  const target = pullTarget(place)
  const image = nameOf(place, fresh.value.reference)
  if (cleanedUp.error) {
    const finding = failed('pull.clean-up', target, cleanedUp.error)
    return [{ ...finding, cause: `${finding.cause ?? ''}; what ${image} brought may still be there` }]
  }
  if (!cleanedUp.value) return []
  const { images, isTagGone, isRepositoryGone, left } = cleanedUp.value
  const things = [
    ...(images > 0 ? [images === 1 ? '1 image' : `${images} images`] : isTagGone ? ['the tag'] : []),
    ...(isRepositoryGone ? ['the repository'] : []),
  ]
  const deleted =
    things.length === 0
      ? `nothing of ${image} is deleted`
      : `deleted what the pull had brought: ${things.join(' and ')}`
  if (left === 0) return [ok('pull.clean-up', target, deleted)]
  return [found(pullCauses['clean-up-left'], target, { deleted, left, ...place })]
}

function isThrough(fresh: NewPull | NoNewPull | undefined): boolean {
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

/** What has its own fix is told with that; what else can be is for `doctor` to say. */
function remedyFor(
  { rule, region, upstream, limits }: PullFacts,
  tag: string,
  { status, message }: PullRefusal,
  { isRuleInvalid }: PullContext,
): string {
  if (isRuleInvalid(rule.ecrRepositoryPrefix)) return 'do what mends rule.valid'
  const [, action] = /not authorized to perform:? ([\w-]+:\w+)/.exec(message) ?? []
  if (action !== undefined) return `let the role or user that runs this do ${action}`
  const isSpent = limits?.some((limit) => limit.state === 'limited' && limit.remaining === 0)
  if (status === 429 && isSpent) return 'do what mends docker-hub.limit'
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
