import type { Outcome, SeenSecret, Sight, Step } from './secret-steps.ts'

/** One step that the two answered differently, or after which they differ. */
export interface Difference {
  readonly step: Step
  /** The secret before the step; they agreed on it. Absent for a step about no secret. */
  readonly before: Sight | undefined
  readonly sandbox: Outcome
  readonly moto: Outcome
  /** The secret afterwards; the same as before for a step that only reads. */
  readonly sandboxAfter: Sight | undefined
  readonly motoAfter: Sight | undefined
}

/** Why the sandbox does not do as moto does. */
export interface KnownDifference {
  readonly what: string
  readonly moto: string
  readonly sandbox: string
  /** Where the sandbox's side comes from. */
  readonly source: string
  explains(difference: Difference): boolean
}

/** Every difference that may be, moto 5.2.5 on one side. docs/sandbox.md prints this table. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    what: 'status of a secret, value or label that is not found',
    moto: '404',
    sandbox: '400',
    source: 'facts §3.8, recorded against AWS: the JSON services answer 400',
    explains: (d) =>
      refused(d.sandbox) !== undefined &&
      refused(d.sandbox) === refused(d.moto) &&
      statusOf(d.moto) === 404 &&
      sameAfter(d),
  },
  {
    what: 'ListSecretVersionIds',
    moto: 'the name as ARN; deprecated versions always, with an empty list of labels; no KmsKeyIds; LastAccessedDate of now',
    sandbox:
      'the ARN; deprecated versions when asked, without VersionStages; KmsKeyIds; LastAccessedDate of a read',
    source: 'facts §3.2 and §3.4, recorded against AWS',
    explains: (d) =>
      d.step.do === 'versions' &&
      labelList(d.sandbox) !== undefined &&
      labelList(d.sandbox) === labelList(d.moto),
  },
  {
    what: 'ListSecretVersionIds of a secret that is not there',
    moto: 'an HTML page with 500',
    sandbox: 'ResourceNotFoundException',
    source: 'facts §3.8, recorded against AWS',
    explains: (d) =>
      d.step.do === 'versions' && refused(d.sandbox) === 'ResourceNotFoundException' && failed(d.moto),
  },
  {
    what: 'VersionStages of a deprecated version, in GetSecretValue and PutSecretValue',
    moto: 'an empty list',
    sandbox: 'absent',
    source: 'facts §3.4: recorded against AWS for ListSecretVersionIds; the model lets no list be empty',
    explains: (d) =>
      (d.step.do === 'get' || d.step.do === 'put') &&
      answered(d.sandbox) &&
      JSON.stringify(withoutEmptyLabels(d.moto)) === JSON.stringify(d.sandbox) &&
      sameAfter(d),
  },
  {
    what: 'DescribeSecret and ListSecrets',
    moto: 'show deprecated versions, with an empty list of labels; never LastAccessedDate',
    sandbox: 'hide deprecated versions; LastAccessedDate after a read',
    source:
      'facts §3.2 and §3.4 (model: VersionIdsToStages, LastAccessedDate); LastAccessedDate recorded against AWS',
    explains: (d) => {
      const [ours, theirs] = [secretsOf(d.sandbox), secretsOf(d.moto)]
      return (
        ours !== undefined &&
        theirs !== undefined &&
        JSON.stringify(ours.map(essence)) === JSON.stringify(theirs.map(essence))
      )
    },
  },
  {
    what: 'a write or a policy call on a secret that is scheduled for deletion',
    moto: 'done, or refused for another reason',
    sandbox: 'InvalidRequestException',
    source: 'facts §3.8 (Tag and Untag recorded against AWS; the others as LocalStack)',
    explains: (d) =>
      isScheduled(d.before) && d.step.do !== 'create' && refused(d.sandbox) === 'InvalidRequestException',
  },
  {
    what: 'CreateSecret of a name that is scheduled for deletion',
    moto: 'ResourceExistsException, or done again for the same token and value',
    sandbox: 'InvalidRequestException',
    source: 'facts §3.8, recorded against AWS',
    explains: (d) =>
      isScheduled(d.before) && d.step.do === 'create' && refused(d.sandbox) === 'InvalidRequestException',
  },
  {
    what: 'UpdateSecret with the token of a version and its value',
    moto: 'does nothing, description included',
    sandbox: 'ResourceExistsException',
    source: 'facts §3.3; model of UpdateSecret: "the operation results in an error"',
    explains: (d) =>
      d.step.do === 'update' &&
      refused(d.sandbox) === 'ResourceExistsException' &&
      answered(d.moto) &&
      sameAfter(d),
  },
  {
    what: 'CreateSecret with the token and the value of a version that is not current',
    moto: 'answers with the current version',
    sandbox: 'answers with the version of the token',
    source: 'model of ClientRequestToken: "This value becomes the VersionId"',
    explains: (d) =>
      d.step.do === 'create' &&
      answered(d.sandbox) &&
      answered(d.moto) &&
      sameAfter(d) &&
      currentOf(d.before) !== String(d.step.token),
  },
  {
    what: 'a value for the token of a version that has AWSPENDING',
    moto: 'makes the version again, with the new value and labels',
    sandbox: 'nothing for the same value, ResourceExistsException for another',
    source: 'facts §3.3; model of ClientRequestToken: "you can\'t modify a secret version"',
    explains: (d) =>
      (d.step.do === 'create' || d.step.do === 'put' || d.step.do === 'update') &&
      (labelsOf(d.before)[String(d.step.token)]?.includes('AWSPENDING') ?? false),
  },
  {
    what: 'one label on two versions, by PutSecretValue or UpdateSecretVersionStage',
    moto: 'leaves the label where it was too',
    sandbox: 'moves it, or asks for RemoveFromVersionId',
    source: 'facts §3.2 and §3.4, recorded against AWS; model: "attached to only one version at a time"',
    explains: (d) => hasLabelTwice(d.motoAfter) && !hasLabelTwice(d.sandboxAfter),
  },
  {
    what: 'labels of its own on the version that a new value takes AWSCURRENT from',
    moto: 'gone: AWSPREVIOUS alone is left',
    sandbox: 'stay, but for AWSPENDING',
    source: 'facts §3.4 records only that AWSPENDING goes; the rest is chosen',
    explains: (d) => {
      if ((d.step.do !== 'put' && d.step.do !== 'update') || !answered(d.moto) || !answered(d.sandbox))
        return false
      const old = Object.entries(labelsOf(d.before)).find(([, labels]) => labels.includes('AWSCURRENT'))
      return (
        old !== undefined &&
        old[1].length > 1 &&
        JSON.stringify(labelsOf(d.motoAfter)[old[0]]) === '["AWSPREVIOUS"]'
      )
    },
  },
  {
    what: 'UpdateSecretVersionStage that is refused',
    moto: 'may have taken the label off already',
    sandbox: 'changes nothing',
    source: 'an error of AWS changes nothing (facts §3.2: "fails")',
    explains: (d) =>
      d.step.do === 'move' &&
      refused(d.sandbox) !== undefined &&
      refused(d.sandbox) === refused(d.moto) &&
      !sameAfter(d),
  },
  {
    what: 'UpdateSecretVersionStage that takes AWSCURRENT off',
    moto: 'done',
    sandbox: 'InvalidParameterException',
    source: 'quoted from AWS in the Terraform provider (secret_version.go)',
    explains: (d) =>
      isMove(d, 'AWSCURRENT') && d.step.to === undefined && d.step.from !== undefined && isInvalid(d),
  },
  {
    what: 'UpdateSecretVersionStage with neither version',
    moto: 'done, or 500 for AWSCURRENT of a secret without a value',
    sandbox: 'InvalidParameterException',
    source: 'chosen: the facts are silent',
    explains: (d) => isMove(d) && d.step.to === undefined && d.step.from === undefined && isInvalid(d),
  },
  {
    what: 'UpdateSecretVersionStage of AWSCURRENT on a secret without a value',
    moto: 'an HTML page with 500',
    sandbox: 'InvalidParameterException',
    source: 'chosen: there is no such version',
    explains: (d) =>
      isMove(d, 'AWSCURRENT') && isInvalid(d) && failed(d.moto) && currentOf(d.before) === undefined,
  },
  {
    what: 'UpdateSecretVersionStage of a label to the version that has it',
    moto: 'refuses AWSCURRENT; with RemoveFromVersionId loses AWSPREVIOUS; puts others on twice',
    sandbox: 'does nothing',
    source: 'model: RemoveFromVersionId is needed for a label on a different version',
    explains: (d) =>
      isMove(d) &&
      answered(d.sandbox) &&
      (labelsOf(d.before)[String(d.step.to)]?.includes(d.step.label) ?? false),
  },
]

function answered(outcome: Outcome): boolean {
  return 'answer' in outcome
}

function refused(outcome: Outcome): string | undefined {
  return 'error' in outcome ? outcome.error : undefined
}

function statusOf(outcome: Outcome): number | undefined {
  return 'error' in outcome ? outcome.status : undefined
}

/** moto itself failed: its HTML page is no JSON. */
function failed(outcome: Outcome): boolean {
  return refused(outcome) === 'SyntaxError'
}

function sameAfter({ sandboxAfter, motoAfter }: Difference): boolean {
  return JSON.stringify(sandboxAfter) === JSON.stringify(motoAfter)
}

function isScheduled(sight: Sight | undefined): boolean {
  return sight !== undefined && sight !== 'absent' && sight.scheduled
}

function isInvalid({ sandbox }: Difference): boolean {
  return refused(sandbox) === 'InvalidParameterException'
}

function isMove(
  difference: Difference,
  label?: string,
): difference is Difference & { readonly step: Extract<Step, { do: 'move' }> } {
  return difference.step.do === 'move' && (label === undefined || difference.step.label === label)
}

type Labels = Readonly<Record<string, readonly string[]>>

function labelsOf(sight: Sight | undefined): Labels {
  return sight === undefined || sight === 'absent' ? {} : sight.labels
}

function currentOf(sight: Sight | undefined): string | undefined {
  return Object.entries(labelsOf(sight)).find(([, labels]) => labels.includes('AWSCURRENT'))?.[0]
}

function hasLabelTwice(sight: Sight | undefined): boolean {
  const all = Object.values(labelsOf(sight)).flat()
  return new Set(all).size < all.length
}

function secretsOf(outcome: Outcome): readonly SeenSecret[] | undefined {
  if (!('answer' in outcome)) return undefined
  const { secrets } = outcome.answer as { readonly secrets?: readonly SeenSecret[] }
  return secrets
}

function withoutEmptyLabels(outcome: Outcome): unknown {
  if (!('answer' in outcome)) return outcome
  const { labels } = outcome.answer
  return Array.isArray(labels) && labels.length === 0
    ? { answer: { ...outcome.answer, labels: undefined } }
    : outcome
}

/** What is left of a secret without what moto shows in its own way. */
function essence({ members, labels, ...rest }: SeenSecret): unknown {
  return {
    ...rest,
    members: members.filter((name) => name !== 'LastAccessedDate'),
    labels: labels && Object.fromEntries(Object.entries(labels).filter(([, held]) => held.length > 0)),
  }
}

/** The labelled versions of ListSecretVersionIds, to compare. */
function labelList(outcome: Outcome): string | undefined {
  if (!('answer' in outcome)) return undefined
  const { versions } = outcome.answer as {
    readonly versions?: readonly { readonly id: string; readonly labels?: readonly string[] }[]
  }
  return JSON.stringify(versions?.flatMap(({ id, labels }) => (labels?.length ? [[id, labels]] : [])))
}
