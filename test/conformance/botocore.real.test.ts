import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { type AwsSandbox, startAwsSandbox } from '../sandbox/aws/aws-sandbox.ts'
import { captureSts, sendRaw } from '../sandbox/aws/raw-http.ts'
import { signAgain } from '../sandbox/aws/sign-again.ts'
import { token } from '../sandbox/aws/secrets-manager/tokens.ts'
import {
  botocore,
  createAnswerCheck,
  type Input,
  modelOf,
  type ModelledService,
  type Said,
  testInputs,
} from './modelled-service.ts'
import { faultsOf } from './service-model.ts'

const model = modelOf('secretsmanager/2017-10-17')

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: '123456789012' },
    Action: 'secretsmanager:*',
    Resource: '*',
  },
})

/** An input that each operation takes, for a secret `a` with one version. */
const validInputs: Readonly<Record<string, Input>> = {
  CreateSecret: { Name: 'b', ClientRequestToken: token(9) },
  DescribeSecret: { SecretId: 'a' },
  GetSecretValue: { SecretId: 'a' },
  PutSecretValue: { SecretId: 'a', ClientRequestToken: token(9), SecretString: 'y' },
  UpdateSecret: { SecretId: 'a', ClientRequestToken: token(9) },
  UpdateSecretVersionStage: { SecretId: 'a', VersionStage: 'mine', MoveToVersionId: token(1) },
  PutResourcePolicy: { SecretId: 'a', ResourcePolicy: policy },
  GetResourcePolicy: { SecretId: 'a' },
  DeleteResourcePolicy: { SecretId: 'a' },
  ValidateResourcePolicy: { SecretId: 'a', ResourcePolicy: policy },
  DeleteSecret: { SecretId: 'a' },
  RestoreSecret: { SecretId: 'a' },
  ListSecrets: {},
  ListSecretVersionIds: { SecretId: 'a' },
  TagResource: { SecretId: 'a', Tags: [{ Key: 'k', Value: 'v' }] },
  UntagResource: { SecretId: 'a', TagKeys: ['k'] },
  ReplicateSecretToRegions: { SecretId: 'a', AddReplicaRegions: [{ Region: 'eu-west-1' }] },
}

async function call(sandbox: AwsSandbox, operation: string, input: Input, region?: string): Promise<Said> {
  const request = { method: 'POST', path: '/', headers: {}, body: JSON.stringify(input) }
  const target = { 'x-amz-target': `secretsmanager.${operation}` }
  const { status, body } = await signAgain(sandbox, request, { headers: target, region })
  return { status, body: JSON.parse(body) as Said['body'] }
}

/** A sandbox with the secret `a`. */
async function started(): Promise<AwsSandbox> {
  const sandbox = await startAwsSandbox()
  await call(sandbox, 'CreateSecret', { Name: 'a', ClientRequestToken: token(1), SecretString: 'x' })
  return sandbox
}

const service: ModelledService = {
  model,
  validInputs,
  started,
  call,
  isInvalid: ({ __type: code }) => ['ValidationException', 'SerializationException'].includes(String(code)),
  isTooStrict: ({ title }, { __type: code }) =>
    // Older models let a value be empty, which the service never did.
    code === 'ValidationException' && !title.endsWith('SecretString of length 0'),
  // The model may be of an older botocore than 1.44.5.
  isNews: (fault) => !('ResourcePolicyNameType' in model.shapes) && fault.includes('an unknown PolicyName'),
}

testInputs(service)

test.skipIf(!botocore)('every answer of a long life is of the form of the model', async () => {
  const sandbox = await startAwsSandbox()
  const key = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'
  const first = {
    Name: 'a/b',
    ClientRequestToken: token(1),
    SecretString: 'x',
    Description: 'd',
    KmsKeyId: key,
    Tags: [{ Key: 'k', Value: '' }],
    AddReplicaRegions: [{ Region: 'eu-west-1' }, { Region: 'us-west-2', KmsKeyId: 'alias/theirs' }],
  }
  const SecretId = 'a/b'
  const bytes = Buffer.from([0, 255]).toString('base64')
  const steps: readonly [operation: string, input: Input, region?: string][] = [
    ['CreateSecret', { Name: 'a/b', ClientRequestToken: token(1) }, 'us-west-2'],
    ['CreateSecret', first],
    ['DescribeSecret', { SecretId }],
    ['DescribeSecret', { SecretId }, 'eu-west-1'],
    ['GetSecretValue', { SecretId }],
    ['GetSecretValue', { SecretId }, 'eu-west-1'],
    ['PutSecretValue', { SecretId, ClientRequestToken: token(2), SecretBinary: bytes }],
    ['GetSecretValue', { SecretId }],
    [
      'PutSecretValue',
      { SecretId, ClientRequestToken: token(3), SecretString: 'z', VersionStages: ['mine'] },
    ],
    ['UpdateSecret', { SecretId, ClientRequestToken: token(4), SecretString: 'w', KmsKeyId: '' }],
    ['PutSecretValue', { SecretId, ClientRequestToken: token(1), SecretString: 'x' }],
    ['ListSecretVersionIds', { SecretId, IncludeDeprecated: true }],
    ['ListSecretVersionIds', { SecretId, MaxResults: 1 }],
    ['GetSecretValue', { SecretId, VersionId: token(1) }],
    ['UpdateSecretVersionStage', { SecretId, VersionStage: 'mine', RemoveFromVersionId: token(3) }],
    ['PutResourcePolicy', { SecretId, ResourcePolicy: policy, BlockPublicPolicy: true }],
    ['GetResourcePolicy', { SecretId }],
    ['ValidateResourcePolicy', { SecretId, ResourcePolicy: policy.replace('{"AWS":"123456789012"}', '"*"') }],
    ['DeleteResourcePolicy', { SecretId }],
    ['UntagResource', { SecretId, TagKeys: ['k'] }],
    ['DescribeSecret', { SecretId }],
    ['ReplicateSecretToRegions', { SecretId, AddReplicaRegions: [{ Region: 'us-west-2' }] }],
    ['CreateSecret', { Name: 'c', ClientRequestToken: token(1) }],
    ['DeleteSecret', { SecretId: 'c' }],
    ['DescribeSecret', { SecretId: 'c' }],
    ['ListSecrets', { IncludePlannedDeletion: true }],
    ['ListSecrets', { MaxResults: 1, IncludePlannedDeletion: true }],
    ['ListSecrets', {}, 'eu-west-1'],
    ['RestoreSecret', { SecretId: 'c' }],
    ['DeleteSecret', { SecretId: 'c', ForceDeleteWithoutRecovery: true }],
    ['DeleteSecret', { SecretId: 'c', ForceDeleteWithoutRecovery: true }],
  ]
  const check = createAnswerCheck(service)
  for (const [operation, input, region] of steps) await check.call(sandbox, operation, input, region)
  expect(check.faults).toEqual([])
  // Rotation and secrets of other services and companies are not done.
  const undone =
    /\.(CrossAccount\w+|Rotation\w+|\w*RotatedDate|NextRotationDate|ExternalSecret\w+|OwningService|Type)$/
  expect(check.unseen().filter((name) => !undone.test(name))).toEqual([])
})

/** What AWS answers beside the errors of its models: https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html */
const commonErrors = ['AccessDeniedException', 'ValidationException']

const done = Object.keys(validInputs)

test.skipIf(!botocore).each(done)('%s refuses with errors that the model gives it', async (operation) => {
  const modelled = (model.operations[operation]?.errors ?? []).map(({ shape }) => shape)
  const codes = new Set<string>()
  const note = ({ status, body }: Said) => {
    if (status !== 200) codes.add(String(body['__type']))
  }
  const input = validInputs[operation] ?? {}
  const states: readonly ((sandbox: AwsSandbox) => Promise<unknown>)[] = [
    (sandbox) => call(sandbox, 'DescribeSecret', { SecretId: 'a' }),
    (sandbox) => call(sandbox, 'DeleteSecret', { SecretId: 'a', ForceDeleteWithoutRecovery: true }),
    (sandbox) => call(sandbox, 'DeleteSecret', { SecretId: 'a' }),
    (sandbox) => call(sandbox, 'CreateSecret', { Name: 'b', ClientRequestToken: token(1) }),
    (sandbox) =>
      call(sandbox, 'ReplicateSecretToRegions', {
        SecretId: 'a',
        AddReplicaRegions: [{ Region: 'eu-west-1' }],
      }),
    async (sandbox) => {
      await call(sandbox, 'CreateSecret', { Name: 'b', ClientRequestToken: token(1) })
      await call(sandbox, 'DeleteSecret', { SecretId: 'b' })
    },
  ]
  for (const prepare of states) {
    for (const region of ['us-east-1', 'eu-west-1']) {
      const sandbox = await started()
      await prepare(sandbox)
      note(await call(sandbox, operation, { ...input, SecretId: 'a' }, region))
      note(await call(sandbox, operation, { ...input, ClientRequestToken: token(1) }, region))
      note(await call(sandbox, operation, { ...input, ClientRequestToken: undefined }, region))
      note(await call(sandbox, operation, { ...input, SecretString: 'x', SecretBinary: 'AA==' }, region))
      note(await call(sandbox, operation, { ...input, SecretString: undefined, KmsKeyId: 'no key' }, region))
      note(
        await call(
          sandbox,
          operation,
          { ...input, MoveToVersionId: undefined, VersionStage: 'none' },
          region,
        ),
      )
      note(await call(sandbox, operation, { ...input, ResourcePolicy: '{', NextToken: 'x' }, region))
      note(await call(sandbox, operation, { ...input, RecoveryWindowInDays: 1 }, region))
    }
  }
  expect([...codes].filter((code) => ![...modelled, ...commonErrors].includes(code))).toEqual([])
})

test.skipIf(!botocore)('GetCallerIdentity answers in the form of the model', async () => {
  const { url, aws } = await startAwsSandbox()
  const sts = modelOf('sts/2011-06-15')
  const request = await captureSts({ endpoint: url, credentials: { ...aws.seededIdentity } }, (client) =>
    client.send(new GetCallerIdentityCommand({})),
  )
  const { body } = await sendRaw(url, request)
  const result = /<GetCallerIdentityResult>(.*)<\/GetCallerIdentityResult>/.exec(body)?.[1] ?? ''
  const members = Object.fromEntries(
    Array.from(result.matchAll(/<(\w+)>([^<]*)<\/\1>/g), ([, name = '', value = '']) => [name, value]),
  )
  expect(Object.keys(members).sort()).toEqual(['Account', 'Arn', 'UserId'])
  expect(faultsOf(sts, sts.operations['GetCallerIdentity']?.output?.shape ?? '', members)).toEqual([])
})
