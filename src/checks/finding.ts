import { PullthroughError } from '../errors.ts'

/**
 * The questions that `verify` and `doctor` ask, by their stable names, and what each asks in words.
 * `docs/json.md` lists them for the readers of `--json`.
 */
export const checks = {
  'source.read': 'the source can be read, and its secrets opened',
  'source.credential': 'it holds both halves of a credential, encrypted and of the right form',
  'docker-hub.login': 'Docker Hub accepts the credential',
  'docker-hub.scope': 'the token may pull, and no more than that',
  'docker-hub.limit': 'pulls are left, and whose',
  'aws.region': 'the Regions of the cache are known',
  'aws.identity': 'AWS knows the caller, and the account is the right one',
  'aws.role': 'the service-linked role that ECR reads the secret with is there',
  'secret.present': 'the secret is there under the name that ECR takes, and not scheduled for deletion',
  'secret.key': 'it is encrypted with the key that ECR can use',
  'secret.version': 'its current version is the credential of the source, in the form that ECR reads',
  'secret.labels': 'one version is current, and no rotation is left half-done',
  'secret.owner': 'it is tagged as ours, and no other tool owns it',
  'policy.meaning': 'its resource policy says what it should',
  'policy.public': 'the policy lets nobody in at large',
  'policy.denial': 'no statement shuts ECR out',
  'rule.present': 'a pull-through cache rule for Docker Hub uses the secret',
  'rule.upstream': 'the rule’s upstream is Docker Hub',
  'rule.credential': 'the rule points to the secret as it is now',
  'rule.valid': 'ECR itself reads the secret and logs in with it',
  'rule.template': 'repositories that the cache makes are of use',
  'rule.quota': 'the Region has room for rules',
  'github.repository': 'the repository is there and can be written to',
  'github.secrets': 'it has both secrets',
  'github.record': 'the record of the last sync is there',
  'github.drift': 'what was synced last is the credential of the source, and unchanged since',
  'github.writers': 'who may change the secrets',
  'workflow.credential': 'the secrets of this workflow and the secret in AWS are the same credential',
  'image.reference': 'the reference is that of an image',
  'image.rule': 'a rule of the Region covers it',
  'image.library': 'official images are under library/, others are not',
  'image.client': 'whoever pulls can pull through a cache like this',
  'image.template': 'the repository that the first pull makes is of use',
  'image.permissions': 'the caller may pull, import and create the repository',
  'image.credential': 'ECR itself can log in to the upstream',
  'image.upstream': 'the upstream has the image',
  'image.limit': 'the upstream’s pull limit leaves room',
  'image.cached': 'whether it is cached already',
  'pull.new': 'an image that was not cached is pulled through the cache, and is what Docker Hub has',
  'pull.cached': 'an image that is cached is pulled',
  'pull.pinned': 'an image that is named with a digest is pulled by it, after its tag',
  'pull.quota': 'whose pulls at Docker Hub were used',
  'pull.clean-up': 'what the new pull brought is deleted again',
} as const

export type CheckId = keyof typeof checks

/** What became of a check. Only `ok` is green; `skipped` and `unknowable` are never counted as such. */
export type Status =
  | 'ok'
  /** It works, and the user should know something. */
  | 'warning'
  /** It is there, and not as it must be. */
  | 'drift'
  /** It is not there. */
  | 'missing'
  /** The service knows the caller and refuses the question. */
  | 'denied'
  /** The question could not be answered: no answer, or none that can be read. */
  | 'unreachable'
  /** Nothing that can be asked here tells. */
  | 'unknowable'
  /** Not asked, since it is not wanted, or hangs on another check that failed. */
  | 'skipped'

/** A pull that went through. */
export interface Measured {
  /** `docker-hub/library/busybox:1.37.0` */
  readonly image: string
  /** Of what the tag stands for. */
  readonly digest: string
  /** Of manifests, config and layers for one platform, as they were sent. */
  readonly bytes: number
  readonly milliseconds: number
}

/** The answer to one check. */
export interface Finding {
  readonly id: CheckId
  /** What was looked at: `us-east-1 ecr-pullthroughcache/docker-hub`, `acme/widgets`. */
  readonly target: string
  readonly status: Status
  /** What was found, where nothing is wrong. */
  readonly detail?: string
  /** Why it is not ok, in one sentence that begins in lower case. */
  readonly cause?: string
  /** The one command or click that mends it. */
  readonly fix?: string
  /** What was pulled, where a pull is the answer. */
  readonly pull?: Measured
}

/** Statuses that make a report red. */
export const redStatuses = ['drift', 'missing', 'denied', 'unreachable'] as const satisfies readonly Status[]

/** Whether a finding says that something is wrong, or that it could not be found out whether it is. */
export function isRed({ status }: Finding): boolean {
  return redStatuses.some((red) => red === status)
}

/** A finding that something is as it should be. */
export function ok(id: CheckId, target: string, detail?: string): Finding {
  return { id, target, status: 'ok', ...(detail === undefined ? {} : { detail }) }
}

/** A check that was not made, and why. */
export function skipped(id: CheckId, target: string, cause: string): Finding {
  return { id, target, status: 'skipped', cause }
}

/** A check whose question could not be answered, or was answered by an error. */
export function failed(id: CheckId, target: string, { code, message, hint }: PullthroughError): Finding {
  return { id, target, status: statusOf[code], cause: message, ...(hint === undefined ? {} : { fix: hint }) }
}

const statusOf = {
  ERR_USAGE: 'unreachable',
  ERR_CONFIG_INVALID: 'unreachable',
  ERR_SOURCE_UNREADABLE: 'unreachable',
  ERR_FILE: 'unreachable',
  ERR_CREDENTIAL_MISSING: 'missing',
  ERR_CREDENTIAL_INVALID: 'drift',
  ERR_CREDENTIAL_REFUSED: 'drift',
  ERR_DENIED: 'denied',
  ERR_UNAUTHENTICATED: 'denied',
  ERR_RATE_LIMITED: 'unreachable',
  ERR_UNREACHABLE: 'unreachable',
  ERR_UNEXPECTED_ANSWER: 'unreachable',
  ERR_STATE: 'drift',
  ERR_INTERRUPTED: 'unreachable',
} as const satisfies Record<PullthroughError['code'], Status>

/** What came of a question: a value, or the error that stands in its place. */
export type Answered<T> =
  { readonly value: T; readonly error?: never } | { readonly error: PullthroughError; readonly value?: never }

/** Wait for an answer; only an error of ours is one, and an interruption ends the run. */
export async function answered<T>(question: Promise<T>): Promise<Answered<T>> {
  try {
    return { value: await question }
  } catch (error) {
    if (error instanceof PullthroughError && error.code !== 'ERR_INTERRUPTED') return { error }
    throw error
  }
}
