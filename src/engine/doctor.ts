import type { ActionsOnResource, Permissions } from '../aws/permissions.ts'
import type { Caller } from '../aws/caller.ts'
import { type CheckId, type Finding, isRed, skipped } from '../checks/finding.ts'
import { observeImage, type PullClient } from '../checks/image-facts.ts'
import type { UpstreamContext } from '../checks/image-upstream.ts'
import { type ImageNames, judgePullPath, namesOf } from '../checks/pull-path.ts'
import type { Credential } from '../credential.ts'
import type { EcrRegistry } from '../ecr/registry.ts'
import { shownUsername } from '../registries/docker-hub-refusal.ts'
import type { ImageAtDockerHub } from '../registries/docker-hub-image.ts'
import { type AwsToVerify, verify, type VerifyOptions, withoutToken } from './verify.ts'

/** What {@link doctor} works with, besides what `verify` needs for the checks that explain a step. */
export interface DoctorOptions extends VerifyOptions {
  /** An image, as the grammar takes it; `undefined` if an error text names none. */
  readonly image: string | undefined
  /** Checks that an error text points to. */
  readonly related: readonly CheckId[]
  readonly client: PullClient
  readonly simulate: (caller: Caller, wanted: readonly ActionsOnResource[]) => Promise<Permissions>
  readonly findImage: (
    image: { readonly repository: string; readonly reference: string },
    credential: Credential | undefined,
  ) => Promise<ImageAtDockerHub>
}

/** What came of it. */
export interface Diagnosis {
  /** In the first Region in which a rule covers the image. */
  readonly names: ImageNames
  /** The steps of the pull, Region by Region. */
  readonly steps: readonly Finding[]
  /** The checks that the error text points to. */
  readonly related: readonly Finding[]
}

/**
 * Walk the pull path of an image, and ask what an error text points to: everything at once, then judge. Nothing is
 * written and nothing is pulled.
 *
 * @throws {@link PullthroughError} if there are no Regions to ask, or the run is interrupted.
 */
export async function doctor(options: DoctorOptions): Promise<Diagnosis> {
  const { image, client, simulate, findImage } = options
  const aws = options.aws?.then(withAnswersKept)
  const regions = image === undefined || aws === undefined ? [] : await regionsOf(aws)
  const source = options.source.then((opened) => ({ ...opened, credential: once(() => opened.credential()) }))
  const credential = source.then((opened) => opened.credential()).catch(() => undefined)
  const dockerHub = keyed(
    async (wanted: { readonly repository: string; readonly reference: string }) =>
      findImage(wanted, await credential),
    ({ repository, reference }) => `${repository} ${reference}`,
  )
  const [verified, known, ...walks] = await Promise.all([
    verify({ ...options, source, aws }),
    credential,
    ...regions.map(({ region, registry, caller }) =>
      observeImage(image ?? '', { region, client }, { registry, caller, simulate, dockerHub }),
    ),
  ])
  const names = walks.map(namesOf)
  const reasons = walks.flatMap(({ region, validation, hasImage }) =>
    validation?.value?.isValid === false && !hasImage?.value ? reasonsIn(region, verified) : [],
  )
  const steps = walks.flatMap((facts) =>
    judgePullPath(facts, contextIn(facts.region, verified, known && shownUsername(known))),
  )
  return {
    names: names.find(({ cached }) => cached !== undefined) ?? names[0] ?? {},
    steps: known ? steps.map((step) => withoutToken(step, known.token)) : steps,
    related: relatedIn(verified, options.related, reasons),
  }
}

async function regionsOf(aws: Promise<AwsToVerify>) {
  const { regions, caller } = await aws
  return regions.map((asked) => ({ ...asked, caller }))
}

/** What `verify` found of the rules of a Region and their secret. */
function contextIn(
  region: string,
  verified: readonly Finding[],
  username: string | undefined,
): UpstreamContext {
  const ofRule = (prefix: string) =>
    verified.find(({ id, target }) => id === 'rule.valid' && target === `${region} rule ${prefix}`)
  const version = verified.find(
    ({ id, target }) => id === 'secret.version' && target.startsWith(`${region} `),
  )
  return {
    username,
    whyInvalid(prefix) {
      const { status, cause, fix } = ofRule(prefix) ?? {}
      if (status !== 'drift' || cause === undefined) return undefined
      const [first] = reasonsIn(region, verified)
      const mended = first?.id === 'docker-hub.login' ? '; then run: pullthrough sync' : ''
      const remedy = first?.fix === undefined ? fix : first.fix + mended
      return { cause, ...(remedy === undefined ? {} : { fix: remedy }) }
    },
    isCredentialOfRule(prefix) {
      // Only rules with the secret that the source is synced to have that finding.
      if (ofRule(prefix) === undefined) return undefined
      if (version?.status === 'ok') return true
      return version?.status === 'drift' ? false : undefined
    },
  }
}

/** What can keep ECR from logging in, in the order in which it is mended. */
const possibleReasons: readonly CheckId[] = [
  'rule.upstream',
  'secret.present',
  'rule.credential',
  'secret.key',
  'secret.labels',
  'policy.denial',
  'aws.role',
  'secret.version',
  'docker-hub.login',
]

/** The checks of a Region, its account and the credential that say why ECR cannot log in. */
function reasonsIn(region: string, verified: readonly Finding[]): readonly Finding[] {
  return possibleReasons.flatMap((id) =>
    verified.filter(
      (finding) =>
        finding.id === id &&
        isRed(finding) &&
        (/^(?:aws|docker-hub)\./.test(id) || finding.target.startsWith(`${region} `)),
    ),
  )
}

/** The first check of each part, on which the others hang. */
const firstChecks: readonly CheckId[] = [
  'source.read',
  'docker-hub.login',
  'aws.identity',
  'secret.present',
  'rule.present',
  'github.repository',
]

/**
 * The findings that are pointed to, with the first of their part, and those that say why ECR cannot log in. What could
 * not be asked is said so.
 */
function relatedIn(
  verified: readonly Finding[],
  wanted: readonly CheckId[],
  reasons: readonly Finding[],
): readonly Finding[] {
  const parts = new Set(wanted.map(partOf))
  const shown = verified.filter(
    (finding) =>
      reasons.includes(finding) ||
      wanted.includes(finding.id) ||
      (firstChecks.includes(finding.id) && parts.has(partOf(finding.id))),
  )
  const unasked = wanted.filter(
    (id) => !id.startsWith('image.') && !shown.some((finding) => finding.id === id),
  )
  return [...shown, ...unasked.map((id) => skipped(id, partOf(id), whyUnasked(id, shown, verified)))]
}

function whyUnasked(id: CheckId, shown: readonly Finding[], verified: readonly Finding[]): string {
  if (id === 'workflow.credential') return 'a workflow run with --source env alone can tell'
  const failing = shown.find((finding) => partOf(finding.id) === partOf(id) && isRed(finding))
  if (failing) return `it hangs on ${failing.id}`
  const region = verified.find((finding) => finding.id === 'aws.region' && isRed(finding))
  return region?.cause ?? 'it could not be asked here'
}

function partOf(id: CheckId): string {
  return id.split('.')[0] ?? id
}

/** The same account, each of whose questions is asked once, whoever wants the answer. */
function withAnswersKept(aws: AwsToVerify): AwsToVerify {
  return {
    ...aws,
    regions: aws.regions.map((asked) => ({ ...asked, registry: keepingAnswers(asked.registry) })),
  }
}

function keepingAnswers(registry: EcrRegistry): EcrRegistry {
  return {
    ...registry,
    rules: once(() => registry.rules()),
    templates: once(() => registry.templates()),
    validate: keyed(
      (prefix: string) => registry.validate(prefix),
      (prefix) => prefix,
    ),
  }
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => (asked ??= ask())
}

function keyed<Args extends readonly unknown[], T>(
  ask: (...args: Args) => Promise<T>,
  keyOf: (...args: Args) => string,
): (...args: Args) => Promise<T> {
  const asked = new Map<string, Promise<T>>()
  return (...args) => {
    const key = keyOf(...args)
    const answer = asked.get(key) ?? ask(...args)
    asked.set(key, answer)
    return answer
  }
}
