import { accessDenied } from '../access-denied.ts'
import { partitionOf } from '../arn.ts'
import { globalKeys } from '../global-keys.ts'
import { type Decision, decide } from '../iam/policy.ts'
import { parsePolicyDocument, type PolicyDocument } from '../iam/policy-document.ts'
import type { Caller } from '../iam/principal.ts'
import { type ContextEntries, createContext } from '../iam/request-context.ts'
import type { Call } from './call.ts'
import { markedForDeletion, replicaIsReadOnly, secretNotFound } from './errors.ts'
import { findSecret, parseSecretId } from './secret-id.ts'
import type { LocatedSecret, Tag } from './secret.ts'

/**
 * The secret that a call names, for somebody who may do this with it. Whoever may not learns nothing about whether
 * it exists.
 *
 * @throws `AccessDeniedException`, `ResourceNotFoundException`, `ValidationException` for an impossible name
 */
export function authorizedSecret(call: Call, secretId: string): LocatedSecret {
  const found = authorizedSecretIfAny(call, secretId)
  if (!found) throw secretNotFound()
  return found
}

/** The same, with `undefined` for a secret that is not there. */
export function authorizedSecretIfAny(call: Call, secretId: string): LocatedSecret | undefined {
  const { store, region, now, caller } = call
  const id = parseSecretId(secretId)
  const found = findSecret(id, { store, region, now, account: caller.account })
  const account = id.kind === 'arn' ? id.account : caller.account
  authorize(call, call.operation, {
    arn: found?.arn ?? expectedArn(region, account, id.kind === 'arn' ? id.tail : id.name),
    account,
    shown: secretId,
    policy: found?.secret.policy,
    tags: found?.secret.tags,
    primaryRegion: found?.secret.region,
  })
  return found
}

/**
 * The secret that a call changes: neither a replica nor scheduled for deletion.
 *
 * @throws what {@link authorizedSecret} does, and a refusal for a secret in another state
 */
export function changeableSecret(call: Call, secretId: string): LocatedSecret {
  const found = authorizedSecret(call, secretId)
  if (found.replica) throw replicaIsReadOnly()
  if (found.secret.deletionDate) throw markedForDeletion()
  return found
}

/** What an operation is done to, as far as policies are concerned. */
export interface Subject {
  /** An ARN, or `*` for an operation on no secret in particular. */
  readonly arn: string
  readonly account: string
  /** How the refusal names it: as the request did. Absent for `*`. */
  readonly shown?: string | undefined
  readonly policy?: string | undefined
  readonly tags?: readonly Tag[] | undefined
  readonly primaryRegion?: string | undefined
}

/** @throws `AccessDeniedException` */
export function authorize(call: Call, operation: string, subject: Subject): void {
  const action = `secretsmanager:${operation}`
  const decision = mayDo(call.caller, {
    action,
    subject,
    region: call.region,
    now: call.now,
    requestKeys: call.requestKeys,
  })
  if (!decision.allowed) throw accessDenied(call.caller.arn, { action, shown: subject.shown, decision })
}

/** What the policies say; nothing is done. */
export function mayDo(
  caller: Caller,
  {
    action,
    subject,
    region,
    now,
    requestKeys,
  }: {
    readonly action: string
    readonly subject: Subject
    readonly region: string
    readonly now: Date
    readonly requestKeys: ContextEntries
  },
): Decision {
  const context = createContext({
    ...globalKeys(caller, { region, resourceAccount: subject.account, now }),
    ...resourceKeys(subject),
    ...requestKeys,
  })
  const request = { caller, action, resource: subject.arn, resourceAccount: subject.account, context }
  return decide(request, readStoredPolicy(subject.policy))
}

function resourceKeys({ tags, primaryRegion }: Subject): ContextEntries {
  const keys: Record<string, string | undefined> = { 'secretsmanager:SecretPrimaryRegion': primaryRegion }
  for (const { Key, Value } of tags ?? []) {
    keys[`aws:ResourceTag/${Key}`] = Value
    keys[`secretsmanager:ResourceTag/${Key}`] = Value
  }
  return keys
}

/** PutResourcePolicy has checked it. */
function readStoredPolicy(policy: string | undefined): PolicyDocument | undefined {
  return policy === undefined ? undefined : parsePolicyDocument(JSON.parse(policy), 'resource')
}

/** A secret that is not there has no suffix either. */
function expectedArn(region: string, account: string, name: string): string {
  return `arn:${partitionOf(region)}:secretsmanager:${region}:${account}:secret:${name}`
}
