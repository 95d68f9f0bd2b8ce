import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { type AwsSandbox, startAwsSandbox } from './aws-sandbox.ts'

/** The `aws` command to use: a real one. Nothing is tested without it. */
const aws = process.env['PULLTHROUGH_E2E_AWS']

const run = promisify(execFile)

/** Run the real CLI against the sandbox, with nothing of this machine's configuration. */
async function cli(sandbox: AwsSandbox, ...args: readonly string[]): Promise<unknown> {
  const { accessKeyId, secretAccessKey } = sandbox.aws.seededIdentity
  const { stdout } = await run(aws ?? 'aws', ['--endpoint-url', sandbox.url, '--output', 'json', ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: tmpdir(),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    },
  })
  return stdout.trim() === '' ? undefined : JSON.parse(stdout)
}

const arn = expect.stringMatching(
  /^arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache\/docker-hub-\w{6}$/,
) as unknown
const name = 'ecr-pullthroughcache/docker-hub'
/** Version 2 shows text, version 1 seconds. */
const date = expect.anything() as unknown

test.skipIf(!aws)('the aws command says who it is', async () => {
  const sandbox = await startAwsSandbox()
  expect(await cli(sandbox, 'sts', 'get-caller-identity')).toEqual({
    UserId: expect.stringMatching(/^AIDA/) as unknown,
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/sandbox',
  })
})

test.skipIf(!aws)('the aws command takes a secret through its life', async () => {
  const sandbox = await startAwsSandbox()
  const secrets = (operation: string, ...args: readonly string[]) =>
    cli(sandbox, 'secretsmanager', operation, ...args)
  const id = ['--secret-id', name]
  const first = '{"username":"a","accessToken":"q\\"uo\'te $(x) é"}'
  const tags = ['--tags', 'Key=owner,Value=pullthrough']
  const created = await secrets('create-secret', '--name', name, '--secret-string', first, ...tags)
  expect(created).toEqual({ ARN: arn, Name: name, VersionId: expect.any(String) as unknown })
  const put = await secrets('put-secret-value', ...id, '--secret-string', 'second')
  expect(put).toEqual({
    ARN: arn,
    Name: name,
    VersionId: expect.any(String) as unknown,
    VersionStages: ['AWSCURRENT'],
  })
  const described = await secrets('describe-secret', ...id)
  expect(described).toEqual({
    ARN: arn,
    Name: name,
    LastChangedDate: date,
    CreatedDate: date,
    Tags: [{ Key: 'owner', Value: 'pullthrough' }],
    VersionIdsToStages: expect.any(Object) as unknown,
  })
  expect(await secrets('get-secret-value', ...id, '--version-stage', 'AWSPREVIOUS')).toMatchObject({
    SecretString: first,
    VersionStages: ['AWSPREVIOUS'],
    CreatedDate: date,
  })
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'ecr.amazonaws.com' },
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
    },
  })
  const putPolicy = [
    'put-resource-policy',
    ...id,
    '--resource-policy',
    policy,
    '--block-public-policy',
  ] as const
  expect(await secrets(...putPolicy)).toMatchObject({ ARN: arn, Name: name })
  expect(await secrets('get-resource-policy', ...id)).toMatchObject({
    ARN: arn,
    Name: name,
    ResourcePolicy: policy,
  })
  expect(await secrets('list-secrets')).toMatchObject({ SecretList: [{ ARN: arn, Name: name }] })
  expect(await secrets('list-secret-version-ids', ...id)).toMatchObject({
    ARN: arn,
    Versions: [{ VersionStages: ['AWSPREVIOUS'] }, { VersionStages: ['AWSCURRENT'] }],
  })
  expect(await secrets('delete-secret', ...id)).toEqual({ ARN: arn, Name: name, DeletionDate: date })
  await expect(secrets('get-secret-value', ...id)).rejects.toThrow(
    "An error occurred (InvalidRequestException) when calling the GetSecretValue operation: You can't perform this " +
      'operation on the secret because it was marked for deletion.',
  )
  expect(await secrets('restore-secret', ...id)).toEqual({ ARN: arn, Name: name })
  await secrets('untag-resource', ...id, '--tag-keys', 'owner')
  expect(await secrets('describe-secret', ...id)).toMatchObject({ Tags: [] })
})

test.skipIf(!aws)('the aws command writes bytes from a file as they are', async () => {
  const sandbox = await startAwsSandbox()
  const folder = await mkdtemp(join(tmpdir(), 'pullthrough-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'bytes')
  await writeFile(file, Uint8Array.of(0, 1, 254, 255))
  await cli(sandbox, 'secretsmanager', 'create-secret', '--name', 'a', '--secret-binary', `fileb://${file}`)
  expect(await cli(sandbox, 'secretsmanager', 'get-secret-value', '--secret-id', 'a')).toMatchObject({
    SecretBinary: 'AAH+/w==',
  })
})

test.skipIf(!aws)('the aws command shows a refusal as it does for AWS', async () => {
  const sandbox = await startAwsSandbox()
  await expect(cli(sandbox, 'secretsmanager', 'describe-secret', '--secret-id', name)).rejects.toThrow(
    "An error occurred (ResourceNotFoundException) when calling the DescribeSecret operation: Secrets Manager can't " +
      'find the specified secret.',
  )
  await expect(cli(sandbox, 'ecr', 'describe-registry')).rejects.toThrow(
    'An error occurred (SandboxNotImplemented) when calling the DescribeRegistry operation: the sandbox does ' +
      'not do ecr DescribeRegistry; AWS does',
  )
})

/** Older versions know rules, but neither credentials nor validation: a rule for a public registry shows the most. */
test.skipIf(!aws)('the aws command takes a cache rule through its life', async () => {
  const sandbox = await startAwsSandbox()
  const prefix = ['--ecr-repository-prefix', 'ecr-public']
  const url = ['--upstream-registry-url', 'public.ecr.aws']
  const rule = {
    ecrRepositoryPrefix: 'ecr-public',
    upstreamRegistryUrl: 'public.ecr.aws',
    createdAt: date,
    registryId: '123456789012',
  }
  const ecr = (operation: string, ...args: readonly string[]) => cli(sandbox, 'ecr', operation, ...args)
  expect(await ecr('create-pull-through-cache-rule', ...prefix, ...url)).toMatchObject(rule)
  await expect(ecr('create-pull-through-cache-rule', ...prefix, ...url)).rejects.toThrow(
    'An error occurred (PullThroughCacheRuleAlreadyExistsException) when calling the CreatePullThroughCacheRule ' +
      'operation: A pull through cache rule with these settings already exists for the private registry.',
  )
  expect(await ecr('describe-pull-through-cache-rules')).toMatchObject({ pullThroughCacheRules: [rule] })
  expect(await ecr('delete-pull-through-cache-rule', ...prefix)).toMatchObject(rule)
  expect(await ecr('describe-pull-through-cache-rules')).toEqual({ pullThroughCacheRules: [] })
})

test.skipIf(!aws)('the aws command creates repositories and gets a password for them', async () => {
  const sandbox = await startAwsSandbox()
  const name = ['--repository-name', 'docker-hub/library/debian'] as const
  expect(await cli(sandbox, 'ecr', 'create-repository', ...name)).toMatchObject({
    repository: { repositoryName: 'docker-hub/library/debian', imageTagMutability: 'MUTABLE' },
  })
  expect(await cli(sandbox, 'ecr', 'describe-images', ...name)).toEqual({ imageDetails: [] })
  expect(await cli(sandbox, 'ecr', 'get-authorization-token')).toEqual({
    authorizationData: [
      {
        authorizationToken: expect.stringMatching(/^QVdTO/) as unknown,
        expiresAt: date,
        proxyEndpoint: 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com',
      },
    ],
  })
})
