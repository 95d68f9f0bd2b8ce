import type { ContextEntries } from '../iam/request-context.ts'

/**
 * The condition keys that the members of a request make. A member that was not sent makes no key.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 */
export function requestKeys(operation: string, input: Readonly<Record<string, unknown>>): ContextEntries {
  const keys: Record<string, string | readonly string[] | undefined> = {}
  for (const name of membersAsKeys[operation] ?? []) keys[`secretsmanager:${name}`] = asText(input[name])
  if (operation !== 'CreateSecret') keys['secretsmanager:SecretId'] = asText(input['SecretId'])
  const kmsKeyId = asText(input['KmsKeyId'])
  if (kmsKeyId?.startsWith('arn:')) keys['secretsmanager:KmsKeyArn'] = kmsKeyId
  const regions = asList(input['AddReplicaRegions']).map(
    (replica) => asText(asRecord(replica)['Region']) ?? '',
  )
  if (regions.length > 0) keys['secretsmanager:AddReplicaRegions'] = regions
  return { ...keys, ...tagKeys(input) }
}

const membersAsKeys: Readonly<Record<string, readonly string[]>> = {
  CreateSecret: ['Name', 'Description', 'KmsKeyId', 'Type', 'ForceOverwriteReplicaSecret'],
  DeleteSecret: ['RecoveryWindowInDays', 'ForceDeleteWithoutRecovery'],
  GetSecretValue: ['VersionId', 'VersionStage'],
  PutResourcePolicy: ['BlockPublicPolicy'],
  ReplicateSecretToRegions: ['ForceOverwriteReplicaSecret'],
  UpdateSecret: ['Description', 'KmsKeyId', 'Type'],
  UpdateSecretVersionStage: ['VersionStage'],
}

/** `aws:RequestTag/…` and `aws:TagKeys` */
function tagKeys(input: Readonly<Record<string, unknown>>): ContextEntries {
  const keys: Record<string, string | readonly string[]> = {}
  const names = asList(input['TagKeys']).map((key) => asText(key) ?? '')
  for (const tag of asList(input['Tags']).map(asRecord)) {
    const name = asText(tag['Key']) ?? ''
    names.push(name)
    keys[`aws:RequestTag/${name}`] = asText(tag['Value']) ?? ''
  }
  return names.length > 0 ? { ...keys, 'aws:TagKeys': names } : keys
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
