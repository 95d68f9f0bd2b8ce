import { list, type NumberShape, type StringShape, structure } from '../shape.ts'

/**
 * What each operation takes, with the lengths and patterns of the service model
 * (`secretsmanager/2017-10-17/service-2.json` of botocore 1.44.5).
 */
export const shapes = {
  CreateSecret: structure(
    {
      Name: text(1, 512),
      ClientRequestToken: text(32, 64),
      Description: text(0, 2048),
      KmsKeyId: text(0, 2048),
      SecretBinary: { type: 'blob', min: 1, max: 65_536 },
      SecretString: { type: 'string', min: 1, max: 65_536, sensitive: true },
      Tags: list(structure({ Key: text(1, 128), Value: text(0, 256) })),
      AddReplicaRegions: replicaRegions(),
      ForceOverwriteReplicaSecret: { type: 'boolean' },
      Type: text(0, 256),
      CrossAccountPrimaryARN: text(20, 2048),
    },
    ['Name'],
  ),
  DescribeSecret: structure({ SecretId: secretId() }, ['SecretId']),
  GetSecretValue: structure({ SecretId: secretId(), VersionId: text(32, 64), VersionStage: text(1, 256) }, [
    'SecretId',
  ]),
  PutSecretValue: structure(
    {
      SecretId: secretId(),
      ClientRequestToken: text(32, 64),
      SecretBinary: { type: 'blob', min: 1, max: 65_536 },
      SecretString: { type: 'string', min: 1, max: 65_536, sensitive: true },
      VersionStages: list(text(1, 256), { min: 1, max: 20 }),
      RotationToken: { ...text(36, 256), pattern: /^[a-zA-Z0-9-]+$/, sensitive: true },
    },
    ['SecretId'],
  ),
  UpdateSecret: structure(
    {
      SecretId: secretId(),
      ClientRequestToken: text(32, 64),
      Description: text(0, 2048),
      KmsKeyId: text(0, 2048),
      SecretBinary: { type: 'blob', min: 1, max: 65_536 },
      SecretString: { type: 'string', min: 1, max: 65_536, sensitive: true },
      Type: text(0, 256),
    },
    ['SecretId'],
  ),
  UpdateSecretVersionStage: structure(
    {
      SecretId: secretId(),
      VersionStage: text(1, 256),
      RemoveFromVersionId: text(32, 64),
      MoveToVersionId: text(32, 64),
    },
    ['SecretId', 'VersionStage'],
  ),
  PutResourcePolicy: structure(
    {
      SecretId: secretId(),
      ResourcePolicy: text(1, 20_480),
      BlockPublicPolicy: { type: 'boolean' },
      PolicyName: policyName(),
    },
    ['SecretId', 'ResourcePolicy'],
  ),
  GetResourcePolicy: structure({ SecretId: secretId(), PolicyName: policyName() }, ['SecretId']),
  DeleteResourcePolicy: structure({ SecretId: secretId(), PolicyName: policyName() }, ['SecretId']),
  ValidateResourcePolicy: structure({ SecretId: secretId(), ResourcePolicy: text(1, 20_480) }, [
    'ResourcePolicy',
  ]),
  DeleteSecret: structure(
    {
      SecretId: secretId(),
      RecoveryWindowInDays: { type: 'number' },
      ForceDeleteWithoutRecovery: { type: 'boolean' },
    },
    ['SecretId'],
  ),
  RestoreSecret: structure({ SecretId: secretId() }, ['SecretId']),
  ListSecrets: structure({
    IncludePlannedDeletion: { type: 'boolean' },
    MaxResults: count(1, 100),
    NextToken: text(1, 4096),
    Filters: list(
      structure({
        Key: {
          type: 'string',
          values: ['description', 'name', 'tag-key', 'tag-value', 'primary-region', 'owning-service', 'all'],
        },
        Values: list({ ...text(0, 512), pattern: /^!?[a-zA-Z0-9 :_@/+=.\-!]*$/ }, { min: 1, max: 10 }),
      }),
      { max: 10 },
    ),
    SortOrder: { type: 'string', values: ['asc', 'desc'] },
    SortBy: { type: 'string', values: ['created-date', 'last-accessed-date', 'last-changed-date', 'name'] },
  }),
  ListSecretVersionIds: structure(
    {
      SecretId: secretId(),
      MaxResults: count(1, 100),
      NextToken: text(1, 4096),
      IncludeDeprecated: { type: 'boolean' },
    },
    ['SecretId'],
  ),
  TagResource: structure(
    { SecretId: secretId(), Tags: list(structure({ Key: text(1, 128), Value: text(0, 256) })) },
    ['SecretId', 'Tags'],
  ),
  UntagResource: structure({ SecretId: secretId(), TagKeys: list(text(1, 128)) }, ['SecretId', 'TagKeys']),
  ReplicateSecretToRegions: structure(
    {
      SecretId: secretId(),
      AddReplicaRegions: replicaRegions(),
      ForceOverwriteReplicaSecret: { type: 'boolean' },
    },
    ['SecretId', 'AddReplicaRegions'],
  ),
} as const

function secretId(): StringShape {
  return text(1, 2048)
}

function policyName(): StringShape {
  return { ...text(1, 64), pattern: /^[0-9A-Za-z_-]+$/ }
}

function text(min: number, max: number): StringShape {
  return { type: 'string', min, max }
}

function count(min: number, max: number): NumberShape {
  return { type: 'number', min, max }
}

function replicaRegions() {
  return list(
    structure({ Region: { ...text(1, 128), pattern: /^([a-z]+-)+\d+$/ }, KmsKeyId: text(0, 2048) }),
    { min: 1 },
  )
}
