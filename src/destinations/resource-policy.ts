import { PullthroughError } from '../errors.ts'
import type { Change } from './destination.ts'
import { denialOf } from '../aws/ecr-denial.ts'
import { ecrRoleArn } from '../aws/ecr-role.ts'
import {
  type PolicyDocument,
  type PolicyStatement,
  type PolicySubject,
  sameMeaning,
} from '../aws/policy-document.ts'

/** What the resource policy of the secret should be. */
export interface PolicyOptions {
  /** `deny-others`: only ECR and `readers` may read the value. `allow-only`: ECR is allowed, nobody is denied. */
  readonly policy: 'deny-others' | 'allow-only'
  /** ARNs of roles and users that may read the value besides ECR; ignored by `allow-only`. */
  readonly readers: readonly string[]
}

/** Our statements, known by their Sid; every other statement is somebody else's and stays. */
const sids = { allow: 'PullthroughAllowEcr', deny: 'PullthroughDenyOtherReaders' } as const

/**
 * Check an ARN given as a reader. IAM compares `aws:PrincipalArn`, which for a role's session is the role's own ARN.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
 *
 * @throws {@link PullthroughError} `ERR_USAGE`
 */
export function parseReader(arn: string): string {
  // A lone wildcard would let everybody in that the denial is to keep out.
  if (/^arn:aws(-[a-z]+)*:iam::\d{12}:(role|user)\/(?![*?/]+$)[\w+=,.@/*?-]+$/.test(arn)) return arn
  const session = /^arn:(aws(?:-[a-z]+)*):sts::(\d{12}):assumed-role\/([^/]+)\/./.exec(arn)
  const [, partition, account, role] = session ?? []
  throw new PullthroughError('ERR_USAGE', `--reader must be the ARN of an IAM role or user: ${arn}`, {
    hint: role
      ? `name the role of that session: arn:${partition ?? ''}:iam::${account ?? ''}:role/${role}`
      : 'arn:aws:iam::ACCOUNT:role/NAME or arn:aws:iam::ACCOUNT:user/NAME',
  })
}

/**
 * The statements the policy must have. The denial spares ECR's role and the readers by condition keys, not by
 * `NotPrincipal`, so that they need not exist yet; and ECR's service principal, which the first statement allows.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalservicename
 */
export function desiredStatements(
  { policy, readers }: PolicyOptions,
  subject: Pick<PolicySubject, 'partition' | 'account'>,
): readonly PolicyStatement[] {
  const allow: PolicyStatement = {
    Sid: sids.allow,
    Effect: 'Allow',
    Principal: { Service: 'ecr.amazonaws.com' },
    Action: 'secretsmanager:GetSecretValue',
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': subject.account } },
  }
  if (policy === 'allow-only') return [allow]
  const deny: PolicyStatement = {
    Sid: sids.deny,
    Effect: 'Deny',
    Principal: '*',
    Action: 'secretsmanager:GetSecretValue',
    Resource: '*',
    Condition: {
      ArnNotEquals: { 'aws:PrincipalArn': [...new Set([ecrRoleArn(subject), ...readers])] },
      StringNotEquals: { 'aws:PrincipalServiceName': 'ecr.amazonaws.com' },
    },
  }
  return [allow, deny]
}

/** A planned policy: the part of a {@link Change} that does not depend on where it is written. */
export type PolicyPlan = Pick<Change, 'action' | 'because' | 'refusal' | 'warnings'> & {
  /** The policy to put, if it is not there already. */
  readonly document?: PolicyDocument
}

/**
 * Compare the policy that is there with the desired one, as meaning and not as text. Statements that are not ours
 * are kept and reported; one that shuts ECR out is an error, since no statement of ours can undo a denial.
 */
export function planPolicy(
  options: PolicyOptions,
  observed: PolicyDocument | undefined,
  subject: PolicySubject,
): PolicyPlan {
  const desired = desiredStatements(options, subject)
  if (!observed) {
    return { action: 'create', because: 'the secret has no resource policy', document: policyOf(desired) }
  }

  const isDesired = (statement: PolicyStatement) =>
    desired.some((wanted) => sameMeaning(wanted, statement, subject))
  const others = observed.Statement.filter((statement) => !isDesired(statement) && !isOurStatement(statement))
  const denials = others.map((statement) => ({ statement, denial: denialOf(statement, subject) }))
  const shutOut = denials.find(({ denial }) => denial === 'certain')
  if (shutOut) {
    return {
      action: 'refuse',
      because: 'the policy shuts ECR out',
      refusal: refusalOf(shutOut.statement, subject),
    }
  }

  const warnings = denials.map(({ statement, denial }) =>
    denial === 'possible'
      ? `the policy’s ${nameOfStatement(statement)} may shut ECR out under conditions that cannot be checked here`
      : `the policy’s ${nameOfStatement(statement)} is not ours and is kept`,
  )
  const missing = desired.filter(
    (wanted) => !observed.Statement.some((statement) => sameMeaning(wanted, statement, subject)),
  )
  const stale = observed.Statement.filter((statement) => isOurStatement(statement) && !isDesired(statement))
  if (missing.length === 0 && stale.length === 0) {
    return { action: 'keep', because: 'the policy says the same', warnings }
  }
  const kept = observed.Statement.filter((statement) => !stale.includes(statement))
  return {
    action: 'update',
    because: reasonFor(missing, stale),
    warnings,
    document: {
      ...policyOf([...missing, ...kept]),
      ...(observed.Id === undefined ? {} : { Id: observed.Id }),
    },
  }
}

function policyOf(statements: readonly PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements }
}

/** Whether a statement is one that sync writes. */
export function isOurStatement({ Sid }: PolicyStatement): boolean {
  return Object.values<string | undefined>(sids).includes(Sid)
}

/** A statement as people call it: `statement AllowAuditors`. */
export function nameOfStatement({ Sid, Effect }: PolicyStatement): string {
  return Sid ? `statement ${Sid}` : `${Effect} statement without a Sid`
}

function reasonFor(missing: readonly PolicyStatement[], stale: readonly PolicyStatement[]): string {
  const staleSids = stale.map(({ Sid }) => Sid)
  const changed = missing.filter(({ Sid }) => staleSids.includes(Sid))
  const added = missing.filter(({ Sid }) => !staleSids.includes(Sid))
  const removed = stale.filter(({ Sid }) => !missing.some((statement) => statement.Sid === Sid))
  const parts = [
    ...changed.map(({ Sid }) => `${Sid ?? ''} differs`),
    ...added.map(({ Sid }) => `${Sid ?? ''} is missing`),
    ...removed.map(({ Sid }) => `${Sid ?? ''} is no longer wanted`),
  ]
  return parts.join(', ')
}

function refusalOf(statement: PolicyStatement, subject: PolicySubject): PullthroughError {
  return new PullthroughError(
    'ERR_STATE',
    `the resource policy’s ${nameOfStatement(statement)} denies ECR’s role the reading of the secret`,
    {
      hint: `exempt it there: "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "${ecrRoleArn(subject)}"}}`,
    },
  )
}
