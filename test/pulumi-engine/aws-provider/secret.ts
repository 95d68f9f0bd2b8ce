import { randomUUID } from 'node:crypto'
import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager'
import { isAnswer, messageOf, NotFoundError, operation } from './errors.ts'
import { isEmpty, type Properties, tagList, tagRecord, tagsOf, textOf, withoutUnset } from './properties.ts'
import { region, type Resource } from './resource.ts'
import { sameJson } from './same.ts'
import type { Session } from './session.ts'
import { allOf, json, lengthBetween, matching } from './validate.ts'

const service = 'Secrets Manager'

/**
 * A secret that a stack makes, as it should not. Replicas are not done.
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/secretsmanager/secret.go
 */
export const secret: Resource = {
  inputs: {
    description: { tfName: 'description' },
    kmsKeyId: { tfName: 'kms_key_id' },
    name: {
      tfName: 'name',
      forceNew: true,
      computed: true,
      validate: allOf(
        lengthBetween('name', 1, 512),
        matching(
          'name',
          /^[0-9A-Za-z/_+=.@-]+$/,
          'must contain only alphanumeric characters and /_+=.@- characters',
        ),
      ),
    },
    policy: { tfName: 'policy', computed: true, validate: json('policy'), same: sameJson },
    recoveryWindowInDays: {
      tfName: 'recovery_window_in_days',
      default: 30,
      validate: (days) =>
        days === 0 || (Number(days) >= 7 && Number(days) <= 30)
          ? undefined
          : `expected recovery_window_in_days to be in the range (7 - 30), got ${String(days)}`,
    },
    forceOverwriteReplicaSecret: { tfName: 'force_overwrite_replica_secret', default: false },
    region,
    tags: { tfName: 'tags' },
  },
  outputs: ['arn', 'tagsAll'],
  autoname: 'name',

  async create(session, inputs) {
    const name = textOf(inputs, 'name') ?? ''
    const command = new CreateSecretCommand({
      ClientRequestToken: randomUUID(),
      Name: name,
      Description: textOf(inputs, 'description') ?? '',
      KmsKeyId: textOf(inputs, 'kmsKeyId'),
      Tags: isEmpty(inputs['tags']) ? undefined : tagList(tagsOf(inputs, 'tags')),
    })
    const { ARN = '' } = await operation(service, 'CreateSecret', session.secretsManager.send(command)).catch(
      (error: unknown) => {
        throw new Error(`creating Secrets Manager Secret (${name}): ${messageOf(error)}`)
      },
    )
    const policy = textOf(inputs, 'policy')
    if (policy !== undefined && policy !== '{}') await putPolicy(session, ARN, policy)
    return ARN
  },

  async read(session, { id, state }) {
    const found = await describe(session, id).catch((error: unknown) => {
      if (error instanceof NotFoundError) return undefined
      throw new Error(`reading Secrets Manager Secret (${id}): ${messageOf(error)}`)
    })
    if (!found) return undefined
    const tags = tagRecord(found.Tags)
    return withoutUnset({
      arn: found.ARN,
      description: found.Description,
      forceOverwriteReplicaSecret: state['forceOverwriteReplicaSecret'] ?? false,
      kmsKeyId: found.KmsKeyId,
      name: found.Name,
      namePrefix: '',
      policy: await policyOf(session, id),
      recoveryWindowInDays: state['recoveryWindowInDays'] ?? 30,
      replicas: [],
      tags: isEmpty(tags) ? undefined : tags,
      tagsAll: tags,
    })
  },

  async update(session, { id, state }, inputs, changed) {
    const { secretsManager } = session
    if (changed.has('description') || changed.has('kmsKeyId')) {
      const command = new UpdateSecretCommand({
        ClientRequestToken: randomUUID(),
        SecretId: id,
        Description: textOf(inputs, 'description') ?? '',
        KmsKeyId: textOf(inputs, 'kmsKeyId'),
      })
      await operation(service, 'UpdateSecret', secretsManager.send(command)).catch((error: unknown) => {
        throw new Error(`updating Secrets Manager Secret (${id}): ${messageOf(error)}`)
      })
    }
    const policy = textOf(inputs, 'policy')
    if (changed.has('policy') && policy !== undefined && policy !== '{}') await putPolicy(session, id, policy)
    else if (changed.has('policy')) await deletePolicy(session, id)
    if (changed.has('tags')) await retag(session, id, tagsOf(state, 'tags'), tagsOf(inputs, 'tags'))
  },

  async delete({ secretsManager }, { id, state }) {
    const days = state['recoveryWindowInDays']
    const command = new DeleteSecretCommand({
      SecretId: id,
      ...(days === 0
        ? { ForceDeleteWithoutRecovery: true }
        : { RecoveryWindowInDays: typeof days === 'number' ? days : 30 }),
    })
    await operation(service, 'DeleteSecret', secretsManager.send(command)).catch((error: unknown) => {
      if (isAnswer(error, 'ResourceNotFoundException')) return
      throw new Error(`deleting Secrets Manager Secret (${id}): ${messageOf(error)}`)
    })
  },
}

/**
 * The function `aws.secretsmanager.getSecret`. A secret that waits for its deletion is not found, as if it were gone.
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/secretsmanager/secret_data_source.go
 */
export async function getSecret(session: Session, args: Properties): Promise<Properties> {
  const { arn, name } = { arn: textOf(args, 'arn'), name: textOf(args, 'name') }
  const wanted = arn ?? name
  if (wanted === undefined || (arn !== undefined && name !== undefined)) {
    throw new Error('Invalid combination of arguments: "arn": only one of `arn,name` must be specified')
  }
  const found = await describe(session, wanted).catch((error: unknown) => {
    throw new Error(`reading Secrets Manager Secret (${wanted}): ${messageOf(error)}`, { cause: error })
  })
  const policy = await policyOf(session, found.ARN ?? '')
  return withoutUnset({
    id: found.ARN,
    arn: found.ARN,
    createdDate: rfc3339(found.CreatedDate),
    description: found.Description,
    kmsKeyId: found.KmsKeyId,
    lastChangedDate: rfc3339(found.LastChangedDate),
    name: found.Name,
    policy,
    tags: tagRecord(found.Tags),
    type: found.Type,
  })
}

export const rfc3339 = (date: Date | undefined) => date?.toISOString().replace(/\.\d+Z$/, 'Z')

/** @throws {@link NotFoundError} also if it is scheduled for deletion. */
async function describe({ secretsManager }: Session, id: string): Promise<DescribeSecretCommandOutput> {
  const command = new DescribeSecretCommand({ SecretId: id })
  const found = await operation(service, 'DescribeSecret', secretsManager.send(command)).catch(
    (error: unknown) => {
      throw isAnswer(error, 'ResourceNotFoundException') ? new NotFoundError() : error
    },
  )
  if (found.DeletedDate) throw new NotFoundError()
  return found
}

/** '' if it has none. */
async function policyOf({ secretsManager }: Session, id: string): Promise<string> {
  const command = new GetResourcePolicyCommand({ SecretId: id })
  const { ResourcePolicy = '' } = await operation(
    service,
    'GetResourcePolicy',
    secretsManager.send(command),
  ).catch((error: unknown) => {
    throw new Error(`reading Secrets Manager Secret (${id}) policy: ${messageOf(error)}`)
  })
  return ResourcePolicy
}

async function putPolicy({ secretsManager }: Session, id: string, policy: string): Promise<void> {
  const command = new PutResourcePolicyCommand({ SecretId: id, ResourcePolicy: policy })
  await operation(service, 'PutResourcePolicy', secretsManager.send(command)).catch((error: unknown) => {
    throw new Error(`putting Secrets Manager Secret (${id}) policy: ${messageOf(error)}`)
  })
}

async function deletePolicy({ secretsManager }: Session, id: string): Promise<void> {
  const command = new DeleteResourcePolicyCommand({ SecretId: id })
  await operation(service, 'DeleteResourcePolicy', secretsManager.send(command)).catch((error: unknown) => {
    throw new Error(`deleting Secrets Manager Secret (${id}) policy: ${messageOf(error)}`)
  })
}

async function retag(
  { secretsManager }: Session,
  id: string,
  old: Readonly<Record<string, string>>,
  next: Readonly<Record<string, string>>,
): Promise<void> {
  const gone = Object.keys(old).filter((key) => !(key in next))
  const set = Object.fromEntries(Object.entries(next).filter(([key, value]) => old[key] !== value))
  if (gone.length > 0) {
    const command = new UntagResourceCommand({ SecretId: id, TagKeys: gone })
    await operation(service, 'UntagResource', secretsManager.send(command))
  }
  if (!isEmpty(set)) {
    const command = new TagResourceCommand({ SecretId: id, Tags: tagList(set) })
    await operation(service, 'TagResource', secretsManager.send(command))
  }
}
