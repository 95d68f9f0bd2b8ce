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
  /** Where the sandbox's side comes from; docs/sandbox.md says what "recorded" and "model" are. */
  readonly source: string
  /** A sequence that ends in it, so that a row that is not true any more is found. */
  readonly example: readonly Step[]
  explains(difference: Difference): boolean
}

const created: Step = { do: 'create', name: 'a', token: 1, value: 'x' }

function put(number: number, labels?: readonly string[]): Step {
  return { do: 'put', name: 'a', token: number, value: 'x', labels }
}

/** Every difference that may be, moto 5.2.5 on one side. docs/sandbox.md prints this table. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    what: 'status of a secret, value or label that is not found',
    moto: '404',
    sandbox: '400',
    source: 'recorded: the JSON services answer 400',
    example: [{ do: 'get', name: 'a' }],
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
    source: 'recorded',
    example: [created, { do: 'versions', name: 'a', deprecated: true }],
    explains: (d) =>
      d.step.do === 'versions' &&
      labelList(d.sandbox) !== undefined &&
      labelList(d.sandbox) === labelList(d.moto),
  },
  {
    what: 'ListSecretVersionIds of a secret that is not there',
    moto: 'an HTML page with 500',
    sandbox: 'ResourceNotFoundException',
    source: 'recorded',
    example: [{ do: 'versions', name: 'a', deprecated: false }],
    explains: (d) =>
      d.step.do === 'versions' && refused(d.sandbox) === 'ResourceNotFoundException' && failed(d.moto),
  },
  {
    what: 'VersionStages of a deprecated version, in GetSecretValue and PutSecretValue',
    moto: 'an empty list',
    sandbox: 'absent',
    source: 'recorded for ListSecretVersionIds; the model lets no list be empty',
    example: [created, put(2), put(3), { do: 'get', name: 'a', version: 1 }],
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
    source: 'model of VersionIdsToStages and LastAccessedDate; LastAccessedDate recorded',
    example: [created, put(2), put(3), { do: 'describe', name: 'a' }],
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
    source: 'recorded for TagResource and UntagResource; the others as LocalStack does',
    example: [created, { do: 'delete', name: 'a' }, put(2)],
    explains: (d) =>
      isScheduled(d.before) && d.step.do !== 'create' && refused(d.sandbox) === 'InvalidRequestException',
  },
  {
    what: 'CreateSecret of a name that is scheduled for deletion',
    moto: 'ResourceExistsException, or done again for the same token and value',
    sandbox: 'InvalidRequestException',
    source: 'recorded',
    example: [created, { do: 'delete', name: 'a' }, created],
    explains: (d) =>
      isScheduled(d.before) && d.step.do === 'create' && refused(d.sandbox) === 'InvalidRequestException',
  },
  {
    what: 'UpdateSecret with the token of a version and its value',
    moto: 'does nothing, description included',
    sandbox: 'ResourceExistsException',
    source: 'model of UpdateSecret: "the operation results in an error"',
    example: [created, { do: 'update', name: 'a', token: 1, value: 'x', description: 'y' }],
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
    example: [created, put(2), created],
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
    source: 'model of ClientRequestToken: "you can\'t modify a secret version"',
    example: [created, put(2, ['AWSPENDING']), { do: 'put', name: 'a', token: 2, value: 'y' }],
    explains: (d) =>
      (d.step.do === 'create' || d.step.do === 'put' || d.step.do === 'update') &&
      (labelsOf(d.before)[String(d.step.token)]?.includes('AWSPENDING') ?? false),
  },
  {
    what: 'one label on two versions, by PutSecretValue or UpdateSecretVersionStage',
    moto: 'leaves the label where it was too',
    sandbox: 'moves it, or asks for RemoveFromVersionId',
    source: 'recorded; model: "attached to only one version at a time"',
    example: [created, put(2, ['mine']), put(3, ['AWSCURRENT', 'mine'])],
    explains: (d) => hasLabelTwice(d.motoAfter) && !hasLabelTwice(d.sandboxAfter),
  },
  {
    what: 'labels of its own on the version that a new value takes AWSCURRENT from',
    moto: 'gone: AWSPREVIOUS alone is left',
    sandbox: 'stay, but for AWSPENDING',
    source: 'chosen: only that AWSPENDING goes is recorded',
    example: [created, { do: 'move', name: 'a', label: 'mine', to: 1 }, put(2)],
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
    source: 'model: such a call "fails"',
    example: [created, { do: 'move', name: 'a', label: 'AWSCURRENT', to: 9, from: 1 }],
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
    example: [created, { do: 'move', name: 'a', label: 'AWSCURRENT', from: 1 }],
    explains: (d) =>
      isMove(d, 'AWSCURRENT') && d.step.to === undefined && d.step.from !== undefined && isInvalid(d),
  },
  {
    what: 'UpdateSecretVersionStage with neither version',
    moto: 'done, or 500 for AWSCURRENT of a secret without a value',
    sandbox: 'InvalidParameterException',
    source: 'chosen: nothing is documented',
    example: [created, { do: 'move', name: 'a', label: 'mine' }],
    explains: (d) => isMove(d) && d.step.to === undefined && d.step.from === undefined && isInvalid(d),
  },
  {
    what: 'UpdateSecretVersionStage of AWSCURRENT on a secret without a value',
    moto: 'an HTML page with 500',
    sandbox: 'InvalidParameterException',
    source: 'chosen: there is no such version',
    example: [
      { do: 'create', name: 'a', token: 1 },
      { do: 'move', name: 'a', label: 'AWSCURRENT', to: 2 },
    ],
    explains: (d) =>
      isMove(d, 'AWSCURRENT') && isInvalid(d) && failed(d.moto) && currentOf(d.before) === undefined,
  },
  {
    what: 'UpdateSecretVersionStage of a label to the version that has it',
    moto: 'refuses AWSCURRENT; with RemoveFromVersionId loses AWSPREVIOUS; puts others on twice',
    sandbox: 'does nothing',
    source: 'model: RemoveFromVersionId is needed for a label on a different version',
    example: [created, { do: 'move', name: 'a', label: 'AWSCURRENT', to: 1 }],
    explains: (d) =>
      isMove(d) &&
      answered(d.sandbox) &&
      (labelsOf(d.before)[String(d.step.to)]?.includes(d.step.label) ?? false),
  },
  {
    what: 'GetSecretValue without a version, after UpdateSecretVersionStage has moved AWSCURRENT',
    moto: 'the version that was current before',
    sandbox: 'the version that has AWSCURRENT',
    source: 'model: VersionStage is AWSCURRENT by default',
    example: [
      created,
      put(2, ['AWSPENDING']),
      { do: 'move', name: 'a', label: 'AWSCURRENT', to: 2, from: 1 },
      { do: 'get', name: 'a' },
    ],
    explains: (d) =>
      d.step.do === 'get' &&
      d.step.version === undefined &&
      d.step.label === undefined &&
      versionOf(d.sandbox) !== undefined &&
      versionOf(d.sandbox) === currentOf(d.before) &&
      versionOf(d.moto) !== versionOf(d.sandbox),
  },
  {
    what: 'Tags of a secret that has lost its last tag, after its next value',
    moto: 'absent',
    sandbox: 'still an empty list',
    source: 'the empty list is recorded, that it stays is chosen',
    example: [created, { do: 'tag', name: 'a', key: 'k' }, { do: 'untag', name: 'a', key: 'k' }, put(2)],
    explains: (d) =>
      (d.step.do === 'put' || d.step.do === 'update') &&
      JSON.stringify(withoutTags(d.sandboxAfter)) === JSON.stringify(withoutTags(d.motoAfter)),
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

function versionOf(outcome: Outcome): unknown {
  return 'answer' in outcome ? outcome.answer['version'] : undefined
}

function withoutTags(sight: Sight | undefined): unknown {
  if (sight === undefined || sight === 'absent') return sight
  const emptied = sight.tags === undefined || Object.keys(sight.tags).length === 0
  return emptied ? { ...sight, tags: undefined } : sight
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
