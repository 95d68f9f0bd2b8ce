import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  type SecretListEntry,
  type SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import fc from 'fast-check'
import { token } from '../sandbox/aws/secrets-manager/tokens.ts'

/** One call, of few names, tokens, values and labels, so that they meet often. */
export type Step =
  | {
      readonly do: 'create'
      readonly name: string
      readonly token: number
      readonly value?: string | undefined
    }
  | {
      readonly do: 'put'
      readonly name: string
      readonly token: number
      readonly value: string
      readonly labels?: readonly string[] | undefined
    }
  | {
      readonly do: 'update'
      readonly name: string
      readonly token: number
      readonly value?: string | undefined
      readonly description?: string | undefined
    }
  | {
      readonly do: 'move'
      readonly name: string
      readonly label: string
      /** `other`: another version that has labels, if there is one. */
      readonly to?: number | 'other' | undefined
      /** `holder`: the version that has the label, as a careful caller says. */
      readonly from?: number | 'holder' | undefined
    }
  | {
      readonly do: 'get'
      readonly name: string
      readonly version?: number | undefined
      readonly label?: string | undefined
    }
  | {
      readonly do: 'delete'
      readonly name: string
      readonly days?: number | undefined
      readonly force?: boolean | undefined
    }
  | { readonly do: 'tag' | 'untag'; readonly name: string; readonly key: string }
  | { readonly do: 'list'; readonly planned: boolean }
  | { readonly do: 'versions'; readonly name: string; readonly deprecated: boolean }
  | {
      readonly do: 'describe' | 'restore' | 'putPolicy' | 'getPolicy' | 'deletePolicy'
      readonly name: string
    }

/** What came of a step: the class and the status of the error, or what the answer shows. */
export type Outcome =
  | { readonly error: string; readonly status: number | undefined }
  | { readonly answer: Readonly<Record<string, unknown>> }

/** What can be seen of a secret from outside. */
export type Sight =
  | 'absent'
  | {
      readonly description: string | undefined
      readonly tags: Readonly<Record<string, string>> | undefined
      readonly scheduled: boolean
      /** Version to labels, without the deprecated ones. */
      readonly labels: Readonly<Record<string, readonly string[]>>
      /** Absent while it cannot be read. */
      readonly policy: string | undefined
    }

/** Sequences that begin with a secret, so that little is about nothing. */
export function stepSequences(): fc.Arbitrary<readonly Step[]> {
  const first: fc.Arbitrary<Step> = fc.constantFrom(
    { do: 'create', name: 'a', token: 1, value: 'x' },
    { do: 'create', name: 'a', token: 1 },
  )
  const rest = fc.array(fc.oneof(...weighted()), { minLength: 3, maxLength: 11 })
  return fc.tuple(first, rest).map(([step, others]) => [step, ...others])
}

function weighted(): { arbitrary: fc.Arbitrary<Step>; weight: number }[] {
  const name = fc.constantFrom('a', 'a', 'a', 'b')
  const number = fc.constantFrom(1, 2, 3, 4)
  const value = fc.constantFrom('x', 'y')
  const from = fc.oneof(
    { weight: 3, arbitrary: fc.constant('holder' as const) },
    { weight: 1, arbitrary: number },
  )
  const to = fc.oneof(
    { weight: 2, arbitrary: fc.constant('other' as const) },
    { weight: 1, arbitrary: number },
  )
  const label = fc.constantFrom('AWSCURRENT', 'AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS', 'mine')
  const labels = fc.uniqueArray(label, { minLength: 1, maxLength: 2 })
  const days = fc.constantFrom(6, 7, 30)
  const key = fc.constantFrom('k', 'l')
  const be = <Do extends Step['do']>(...what: Do[]) => fc.constantFrom(...what)
  return [
    { weight: 2, arbitrary: fc.record({ do: be('create'), name, token: number, value: maybe(value) }) },
    { weight: 5, arbitrary: fc.record({ do: be('put'), name, token: number, value, labels: maybe(labels) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: be('update'),
        name,
        token: number,
        value: maybe(value),
        description: maybe(value),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: be('move'), name, label, to: maybe(to), from: maybe(from) }),
    },
    { weight: 2, arbitrary: fc.record({ do: be('get'), name, version: maybe(number), label: maybe(label) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: be('delete'), name, days: maybe(days), force: maybe(fc.boolean()) }),
    },
    { weight: 1, arbitrary: fc.record({ do: be('tag', 'untag'), name, key }) },
    { weight: 1, arbitrary: fc.record({ do: be('list'), planned: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: be('versions'), name, deprecated: fc.boolean() }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: be('describe', 'describe', 'restore', 'putPolicy', 'getPolicy', 'deletePolicy'),
        name,
      }),
    },
  ]
}

function maybe<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(arbitrary, { nil: undefined })
}

/** The step with the numbers of versions in the place of what says which. */
export function resolve(step: Step, before: Sight | undefined): Step {
  if (step.do !== 'move') return step
  const labels = Object.entries(before === undefined || before === 'absent' ? {} : before.labels)
  const holder = labels.find(([, held]) => held.includes(step.label))?.[0]
  const other = labels.findLast(([id]) => id !== holder)?.[0]
  const number = (id: string | undefined) => (id === undefined ? undefined : Number(id))
  return {
    ...step,
    to: step.to === 'other' ? number(other) : step.to,
    from: step.from === 'holder' ? number(holder) : step.from,
  }
}

/** Send the call of a step. */
export async function take(client: SecretsManagerClient, step: Step): Promise<Outcome> {
  try {
    return { answer: await answerOf(client, step) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { httpStatusCode: status } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {}
    return { error: error.name, status }
  }
}

/** Look at a secret, with reads that differ between nobody. */
export async function look(client: SecretsManagerClient, name: string): Promise<Sight> {
  try {
    const found = await client.send(new DescribeSecretCommand({ SecretId: name }))
    const scheduled = Boolean(found.DeletedDate)
    const policy = scheduled
      ? undefined
      : (await client.send(new GetResourcePolicyCommand({ SecretId: name }))).ResourcePolicy
    const labels = Object.entries(found.VersionIdsToStages ?? {}).filter(([, held]) => held.length > 0)
    return {
      description: found.Description,
      tags: found.Tags && Object.fromEntries(found.Tags.map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
      scheduled,
      labels: Object.fromEntries(labels.map(([id, held]) => [shortId(id) ?? '', held.toSorted()] as const)),
      policy,
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return 'absent'
    throw error
  }
}

/** Whether a step may change something. */
export function isWrite(step: Step): boolean {
  return !['get', 'list', 'versions', 'describe', 'getPolicy'].includes(step.do)
}

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: '123456789012' },
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
    },
  ],
})

async function answerOf(
  client: SecretsManagerClient,
  step: Step,
): Promise<Readonly<Record<string, unknown>>> {
  switch (step.do) {
    case 'create': {
      const input = { Name: step.name, ClientRequestToken: token(step.token), SecretString: step.value }
      const { ARN, Name, VersionId } = await client.send(new CreateSecretCommand(input))
      return { arn: shortArn(ARN), name: Name, version: shortId(VersionId) }
    }
    case 'put': {
      const VersionStages = step.labels && [...step.labels]
      const value = { ClientRequestToken: token(step.token), SecretString: step.value, VersionStages }
      const put = await client.send(new PutSecretValueCommand({ SecretId: step.name, ...value }))
      const { ARN, Name, VersionId } = put
      return {
        arn: shortArn(ARN),
        name: Name,
        version: shortId(VersionId),
        labels: put.VersionStages?.toSorted(),
      }
    }
    case 'update': {
      const input = {
        ClientRequestToken: token(step.token),
        SecretString: step.value,
        Description: step.description,
      }
      const updated = await client.send(new UpdateSecretCommand({ SecretId: step.name, ...input }))
      return { arn: shortArn(updated.ARN), name: updated.Name, version: shortId(updated.VersionId) }
    }
    case 'move': {
      const input = {
        SecretId: step.name,
        VersionStage: step.label,
        MoveToVersionId: typeof step.to === 'number' ? token(step.to) : undefined,
        RemoveFromVersionId: typeof step.from === 'number' ? token(step.from) : undefined,
      }
      const { ARN, Name } = await client.send(new UpdateSecretVersionStageCommand(input))
      return { arn: shortArn(ARN), name: Name }
    }
    case 'get': {
      const VersionId = step.version === undefined ? undefined : token(step.version)
      const input = { SecretId: step.name, VersionId, VersionStage: step.label }
      const got = await client.send(new GetSecretValueCommand(input))
      return {
        arn: shortArn(got.ARN),
        name: got.Name,
        version: shortId(got.VersionId),
        value: got.SecretString,
        labels: got.VersionStages?.toSorted(),
        dated: got.CreatedDate !== undefined,
      }
    }
    case 'describe': {
      const { $metadata, ...members } = await client.send(new DescribeSecretCommand({ SecretId: step.name }))
      return { status: $metadata.httpStatusCode, secrets: [seen(members, members.VersionIdsToStages)] }
    }
    case 'list': {
      const { SecretList = [] } = await client.send(
        new ListSecretsCommand({ IncludePlannedDeletion: step.planned }),
      )
      return { secrets: SecretList.map((entry) => seen(entry, entry.SecretVersionsToStages)) }
    }
    case 'versions': {
      const input = { SecretId: step.name, IncludeDeprecated: step.deprecated }
      const { ARN, Versions = [] } = await client.send(new ListSecretVersionIdsCommand(input))
      const versions = Versions.map((version) => ({
        members: namesOf(version),
        id: shortId(version.VersionId),
        labels: version.VersionStages?.toSorted(),
      }))
      return { arn: shortArn(ARN), versions }
    }
    case 'delete': {
      const input = { RecoveryWindowInDays: step.days, ForceDeleteWithoutRecovery: step.force }
      const deleted = await client.send(new DeleteSecretCommand({ SecretId: step.name, ...input }))
      const days = ((deleted.DeletionDate?.getTime() ?? 0) - Date.now()) / 86_400_000
      return { arn: shortArn(deleted.ARN), name: deleted.Name, days: Math.round(days) }
    }
    case 'restore': {
      const { ARN, Name } = await client.send(new RestoreSecretCommand({ SecretId: step.name }))
      return { arn: shortArn(ARN), name: Name }
    }
    case 'tag': {
      await client.send(
        new TagResourceCommand({ SecretId: step.name, Tags: [{ Key: step.key, Value: 'v' }] }),
      )
      return {}
    }
    case 'untag': {
      await client.send(new UntagResourceCommand({ SecretId: step.name, TagKeys: [step.key] }))
      return {}
    }
    case 'putPolicy': {
      const { ARN, Name } = await client.send(
        new PutResourcePolicyCommand({ SecretId: step.name, ResourcePolicy: policy }),
      )
      return { arn: shortArn(ARN), name: Name }
    }
    case 'getPolicy': {
      const { ARN, Name, ResourcePolicy } = await client.send(
        new GetResourcePolicyCommand({ SecretId: step.name }),
      )
      return { arn: shortArn(ARN), name: Name, policy: ResourcePolicy }
    }
    case 'deletePolicy': {
      const { ARN, Name } = await client.send(new DeleteResourcePolicyCommand({ SecretId: step.name }))
      return { arn: shortArn(ARN), name: Name }
    }
  }
}

/** What DescribeSecret or ListSecrets shows of a secret. */
export interface SeenSecret {
  readonly members: readonly string[]
  readonly name: string | undefined
  readonly description: string | undefined
  readonly tags: unknown
  readonly labels: Readonly<Record<string, readonly string[]>> | undefined
}

function seen(
  secret: Pick<SecretListEntry, 'Name' | 'Description' | 'Tags'>,
  labels: Readonly<Record<string, readonly string[]>> | undefined,
): SeenSecret {
  return {
    members: namesOf(secret),
    name: secret.Name,
    description: secret.Description,
    tags: secret.Tags,
    labels:
      labels &&
      Object.fromEntries(
        Object.entries(labels)
          .map(([id, held]) => [shortId(id) ?? '', held.toSorted()] as const)
          .sort(),
      ),
  }
}

/** The names of the members that have a value. */
function namesOf(members: object): readonly string[] {
  const shown = Object.entries(members).filter(([, value]) => value !== undefined && value !== null)
  return shown.map(([name]) => name).sort()
}

/** An ARN without its six random characters. */
function shortArn(arn: string | undefined): string | undefined {
  return arn?.replace(/(:secret:.*)-\w{6}$/, '$1-??????')
}

/** A version by its number. */
function shortId(id: string | undefined): string | undefined {
  return id?.replace(/^00000000-0000-4000-8000-0+/, '')
}
