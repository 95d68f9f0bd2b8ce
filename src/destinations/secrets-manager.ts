import pRetry from 'p-retry'
import { secretString } from '../credential.ts'
import { ecrRegistry } from '../ecr/registry.ts'
import type { World } from '../world.ts'
import type { Caller } from '../aws/caller.ts'
import { askAws, isNamed } from '../aws/ask.ts'
import { awsError } from '../aws/error.ts'
import {
  secretReader,
  secretsManagerConnection,
  type SecretsManagerConnection,
} from '../aws/secret-reader.ts'
import type { Desired, Destination } from './destination.ts'
import { confirmSecret } from './secret-confirmation.ts'
import {
  type ObservedSecret,
  ownershipTag,
  planSecret,
  type SecretCall,
  type SecretPlanOptions,
} from './secret-plan.ts'

/** Options of {@link secretsManager}. */
export interface SecretsManagerOptions extends SecretPlanOptions {
  readonly region: string
  /** Whose account it is; asked once for all Regions. */
  readonly caller: Promise<Caller>
  /** Called for each mutating request that is sent, retries included. */
  readonly onMutatingRequest: () => void
}

/** The secret ECR reads, in one Region, with its resource policy. The value is written and never read back. */
export function secretsManager(
  options: SecretsManagerOptions,
  world: World,
): Destination<ObservedSecret, SecretCall> {
  const { region, secretName: SecretId } = options
  const connect = secretsManagerConnection(region, world, options.onMutatingRequest)
  const reader = secretReader({ region, secretName: SecretId }, connect, world)

  return {
    kind: 'secrets-manager',
    place: region,

    async observe() {
      const asked = { description: reader.describe(), policy: reader.policy() }
      for (const answer of Object.values(asked)) answer.catch(() => undefined)
      const { partition, account } = await options.caller
      const description = await asked.description
      const subject = { partition, account, region, secretArn: description?.arn }
      // The policy of a deleted secret may be refused for that; any other refusal counts.
      if (description?.deletedDate) {
        return { state: 'scheduled-for-deletion', deletedDate: description.deletedDate, subject }
      }
      const policy = await asked.policy
      if (!description) return { state: 'absent', subject }
      return { state: 'present', subject, policy, ...description }
    },

    plan: (desired, observed) => planSecret(desired, observed, options),

    async perform(call, desired) {
      const connected = await connect()
      try {
        await send(call, desired, SecretId, connected, world)
        return undefined
      } catch (error) {
        const sent = [desired.credential.token]
        throw awsError(error, { service: 'secretsmanager', operation: call.operation, region }, world, sent)
      }
    },

    async confirm({ credential }, observed, done) {
      const putPolicy = async (ResourcePolicy: string | undefined) => {
        const { client, sdk } = await connect()
        const sent: Promise<unknown> =
          ResourcePolicy === undefined
            ? client.send(new sdk.DeleteResourcePolicyCommand({ SecretId }), { abortSignal: world.signal })
            : client.send(
                new sdk.PutResourcePolicyCommand({ SecretId, ResourcePolicy, BlockPublicPolicy: true }),
                { abortSignal: world.signal },
              )
        const operation = ResourcePolicy === undefined ? 'DeleteResourcePolicy' : 'PutResourcePolicy'
        await askAws(sent, { service: 'secretsmanager', operation, region }, world)
      }
      const registry = ecrRegistry(region, world, [credential.token])
      return confirmSecret({ observed, done, registry, putPolicy }, world)
    },
  }
}

/** A write was confirmed, and a read does not show it. */
class NotVisibleYet extends Error {}

/** How long what was written may stay unseen: four tries in some 7 seconds. */
const visibility = { retries: 3, minTimeout: 1000, factor: 2 }

/** Make one call. The version's id is derived from the value, so the same call twice makes one version. */
async function send(
  call: SecretCall,
  { credential, version }: Desired,
  SecretId: string,
  { client, sdk }: SecretsManagerConnection,
  { signal }: World,
): Promise<void> {
  const options = { abortSignal: signal }
  switch (call.operation) {
    case 'CreateSecret':
      await client.send(
        new sdk.CreateSecretCommand({
          Name: SecretId,
          ClientRequestToken: version,
          SecretString: secretString(credential),
          Description: `Credentials for ${credential.upstream} that the ECR pull-through cache uses; written by pullthrough`,
          Tags: [ownershipTag],
        }),
        options,
      )
      return
    case 'RestoreSecret':
      await client.send(new sdk.RestoreSecretCommand({ SecretId }), options)
      await untilVisible(async () => {
        const { DeletedDate } = await client.send(new sdk.DescribeSecretCommand({ SecretId }), options)
        if (DeletedDate) throw new NotVisibleYet('the restored secret still counts as deleted')
      })
      return
    case 'PutSecretValue': {
      const { VersionStages = [] } = await client.send(
        new sdk.PutSecretValueCommand({
          SecretId,
          ClientRequestToken: version,
          SecretString: secretString(credential),
        }),
        options,
      )
      // A version that was there all along, without labels, is left as it is: move the label ourselves.
      if (!VersionStages.includes('AWSCURRENT')) await moveLabel(call.current)
      return
    }
    case 'UpdateSecretVersionStage':
      await moveLabel(call.current)
      return
    case 'TagResource':
      await client.send(new sdk.TagResourceCommand({ SecretId, Tags: [ownershipTag] }), options)
      return
    case 'PutResourcePolicy': {
      const put = () =>
        client.send(
          new sdk.PutResourcePolicyCommand({
            SecretId,
            ResourcePolicy: call.policy,
            BlockPublicPolicy: true,
          }),
          options,
        )
      if (!call.justCreated) {
        await put()
        return
      }
      await untilVisible(put)
      return
    }
  }

  /** Secrets Manager is eventually consistent: what was just written may not be seen yet. */
  async function untilVisible(ask: () => Promise<unknown>): Promise<void> {
    await pRetry(ask, {
      ...visibility,
      signal,
      shouldRetry: ({ error }) =>
        error instanceof NotVisibleYet || isNamed(error, 'ResourceNotFoundException'),
    })
  }

  /**
   * Put AWSCURRENT on our version. A second attempt of the SDK, after an answer that was lost, is refused since the
   * label is no longer where it says: what counts is where the label is.
   */
  async function moveLabel(current: string | undefined): Promise<void> {
    const move = new sdk.UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: version,
      ...(current === undefined ? {} : { RemoveFromVersionId: current }),
    })
    try {
      await client.send(move, options)
    } catch (error) {
      if (!(await isCurrent().catch(() => false))) throw error
    }
  }

  async function isCurrent(): Promise<boolean> {
    const { VersionIdsToStages } = await client.send(new sdk.DescribeSecretCommand({ SecretId }), options)
    return VersionIdsToStages?.[version]?.includes('AWSCURRENT') ?? false
  }
}
