import { randomUUID } from 'node:crypto'
import {
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  type GetSecretValueCommandOutput,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager'
import { isAnswer, messageOf, NotFoundError, operation } from './errors.ts'
import { isEmpty, type Properties, requiredText, textOf, textsOf, withoutUnset } from './properties.ts'
import { region, type Resource } from './resource.ts'
import { sameSet } from './same.ts'
import { rfc3339 } from './secret.ts'
import type { Session } from './session.ts'

const service = 'Secrets Manager'

/**
 * A value that a stack writes, as it should not. Moving staging labels and write-only strings are not done.
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/secretsmanager/secret_version.go
 */
export const secretVersion: Resource = {
  inputs: {
    region,
    secretBinary: { tfName: 'secret_binary', forceNew: true },
    secretId: { tfName: 'secret_id', forceNew: true },
    secretString: { tfName: 'secret_string', forceNew: true },
    versionStages: { tfName: 'version_stages', computed: true, same: sameSet },
  },
  outputs: ['arn', 'hasSecretStringWo', 'secretArn', 'versionId'],

  async create({ secretsManager }, inputs) {
    const secretId = requiredText(inputs, 'secretId')
    const binary = textOf(inputs, 'secretBinary')
    const stages = textsOf(inputs, 'versionStages')
    const command = new PutSecretValueCommand({
      ClientRequestToken: randomUUID(),
      SecretId: secretId,
      SecretString: textOf(inputs, 'secretString'),
      SecretBinary: binary === undefined ? undefined : Buffer.from(binary, 'base64'),
      VersionStages: isEmpty(stages) ? undefined : [...stages],
    })
    const { VersionId = '' } = await operation(service, 'PutSecretValue', secretsManager.send(command)).catch(
      (error: unknown) => {
        throw new Error(`putting Secrets Manager Secret (${secretId}) value: ${messageOf(error)}`)
      },
    )
    return `${secretId}|${VersionId}`
  },

  async read(session, { id }) {
    const [secretId = '', versionId = ''] = id.split('|')
    if (secretId === '' || versionId === '') {
      throw new Error(`unexpected format of ID (${id}), expected SecretID|VersionID`)
    }
    const found = await getValue(session, { SecretId: secretId, VersionId: versionId }).catch(
      (error: unknown) => {
        if (error instanceof NotFoundError) return undefined
        throw new Error(`reading Secrets Manager Secret Version (${id}): ${messageOf(error)}`)
      },
    )
    if (!found) return undefined
    const { ARN, SecretBinary, SecretString, VersionId, VersionStages } = found
    return withoutUnset({
      arn: ARN,
      hasSecretStringWo: false,
      secretArn: ARN,
      secretBinary: SecretBinary && Buffer.from(SecretBinary).toString('base64'),
      secretId,
      secretString: SecretString,
      versionId: VersionId,
      versionStages: VersionStages,
    })
  },

  update(_session, _existing, _inputs, changed) {
    return Promise.reject(
      new Error(
        `stand-in for aws: changing ${[...changed].join(', ')} of a SecretVersion in place is not done`,
      ),
    )
  },

  // A version cannot be deleted; it loses its labels, but for AWSCURRENT, which goes only to another version.
  delete: () => Promise.resolve(),
}

/**
 * The function `aws.secretsmanager.getSecretVersion`: the value in clear text.
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/secretsmanager/secret_version_data_source.go
 */
export async function getSecretVersion(session: Session, args: Properties): Promise<Properties> {
  const secretId = requiredText(args, 'secretId')
  const versionId = textOf(args, 'versionId')
  const stage = textOf(args, 'versionStage') ?? 'AWSCURRENT'
  const id = `${secretId}|${versionId ?? stage}`
  const found = await getValue(session, {
    SecretId: secretId,
    ...(versionId === undefined ? { VersionStage: stage } : { VersionId: versionId }),
  }).catch((error: unknown) => {
    throw new Error(`reading Secrets Manager Secret Version (${id}): ${messageOf(error)}`, { cause: error })
  })
  return withoutUnset({
    id,
    arn: found.ARN,
    createdDate: rfc3339(found.CreatedDate),
    secretArn: found.ARN,
    secretBinary: found.SecretBinary ? Buffer.from(found.SecretBinary).toString() : '',
    secretId,
    secretString: found.SecretString,
    versionId: found.VersionId,
    versionStage: stage,
    versionStages: found.VersionStages,
  })
}

/** @throws {@link NotFoundError} also if the secret is scheduled for deletion. */
async function getValue(
  { secretsManager }: Session,
  input: GetSecretValueCommandInput,
): Promise<GetSecretValueCommandOutput> {
  const command = new GetSecretValueCommand(input)
  return operation(service, 'GetSecretValue', secretsManager.send(command)).catch((error: unknown) => {
    const deleted = /because it was (?:deleted|marked for deletion)/
    if (
      isAnswer(error, 'ResourceNotFoundException') ||
      (isAnswer(error, 'InvalidRequestException') && deleted.test(error.message))
    ) {
      throw new NotFoundError()
    }
    throw error
  })
}
