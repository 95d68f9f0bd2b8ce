import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  SecretsManagerClient,
  TagResourceCommand,
} from '@aws-sdk/client-secrets-manager'
import { describe, expect, test } from 'vitest'
import { withBench } from '../cli/converged.ts'
import { type Bench, type SecretState, seeded } from '../cli/in-process.ts'

const SecretId = 'ecr-pullthroughcache/docker-hub'
const value = (token: string) => JSON.stringify({ username: seeded.username, accessToken: token })
const other = 'dckr_pat_another_0123456789abcdefghi'
const role =
  'arn:aws:iam::123456789012:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache'

function clientOf({ sandbox }: Bench, region = 'us-east-1', keys?: { id: string; secret: string }) {
  const { AWS_ENDPOINT_URL = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = sandbox.env
  return new SecretsManagerClient({
    region,
    endpoint: AWS_ENDPOINT_URL,
    credentials: {
      accessKeyId: keys?.id ?? AWS_ACCESS_KEY_ID,
      secretAccessKey: keys?.secret ?? AWS_SECRET_ACCESS_KEY,
    },
  })
}

async function addAccount(bench: Bench, token: string): Promise<void> {
  const account = {
    username: seeded.username,
    token,
    scope: 'repo:public_read',
    plan: 'personal',
    state: 'active',
  }
  await bench.control('POST', '/docker-hub/accounts', account)
}

interface Report {
  readonly writes: number
  readonly changes: readonly {
    target: string
    action: string
    because: string
    outcome: string
    error?: { code: string; message: string; hint?: string }
  }[]
}

async function syncAws(bench: Bench, token = seeded.token, ...flags: string[]) {
  const { code, stdout, stderr } = await bench.run(
    ['sync', '--only', 'aws', '--source', 'env', '--json', ...flags],
    { env: { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: token } },
  )
  const report = JSON.parse(stdout) as Report
  return {
    code,
    stderr,
    ...report,
    outcomes: report.changes.map(({ action, outcome }) => `${action} ${outcome}`),
  }
}

function secretOf(bench: Bench, region = 'us-east-1'): SecretState {
  const { aws } = bench.sandbox.state()
  const [secret] = aws['123456789012']?.[region]?.secrets ?? []
  if (!secret) throw new Error('there is no secret')
  return secret
}

const versionsOf = ({ versions }: SecretState) =>
  versions.map(({ labels, secretString }) => [[...labels].sort().join(), secretString])

describe.concurrent('the secret', () => {
  test('is created with the exact JSON, a description, our tag and the policy', () =>
    withBench(async (bench) => {
      expect(await syncAws(bench)).toMatchObject({
        code: 0,
        writes: 2,
        outcomes: ['create done', 'create done'],
      })
      expect(secretOf(bench)).toMatchObject({
        name: SecretId,
        kmsKeyId: null,
        description:
          'Credentials for docker-hub that the ECR pull-through cache uses; written by pullthrough',
        tags: { 'managed-by': 'pullthrough' },
        deletedDate: null,
        versions: [
          {
            id: 'ae0353be-b459-833f-a0a2-95d2b0c3a22c',
            labels: ['AWSCURRENT'],
            secretString: value(seeded.token),
          },
        ],
        policy: { Statement: [{ Sid: 'PullthroughAllowEcr' }, { Sid: 'PullthroughDenyOtherReaders' }] },
      })
    }))

  test('gets a new version for a new token, and moves the label back for the earlier one', () =>
    withBench(async (bench) => {
      await addAccount(bench, other)
      await syncAws(bench)
      expect(await syncAws(bench, other)).toMatchObject({
        code: 0,
        writes: 1,
        outcomes: ['update done', 'keep done'],
      })
      expect(await syncAws(bench)).toMatchObject({
        code: 0,
        writes: 1,
        outcomes: ['update done', 'keep done'],
      })
      expect(versionsOf(secretOf(bench))).toEqual([
        ['AWSCURRENT', value(seeded.token)],
        ['AWSPREVIOUS', value(other)],
      ])
    }))

  test('goes back to a version that has lost all its labels without making another', () =>
    withBench(async (bench) => {
      const third = 'dckr_pat_a_third_one_0123456789abcdef'
      await addAccount(bench, other)
      await addAccount(bench, third)
      for (const token of [seeded.token, other, third]) await syncAws(bench, token)
      expect(await syncAws(bench)).toMatchObject({ code: 0, outcomes: ['update done', 'keep done'] })
      const secret = secretOf(bench)
      expect(secret.versions).toHaveLength(3)
      expect(versionsOf(secret)[0]).toEqual(['AWSCURRENT', value(seeded.token)])
      expect(await syncAws(bench)).toMatchObject({ writes: 0 })
    }))

  test.each([
    ['with a value', { SecretString: 'somebody’s own text' }],
    ['with the right value, under a version id of its own', { SecretString: value(seeded.token) }],
    ['without a value', {}],
  ])('made by another hand %s is adopted', (_what, content) =>
    withBench(async (bench) => {
      await clientOf(bench).send(
        new CreateSecretCommand({ Name: SecretId, Description: 'by hand', ...content }),
      )
      expect(await syncAws(bench)).toMatchObject({ code: 0, outcomes: ['adopt done', 'create done'] })
      const secret = secretOf(bench)
      expect(secret).toMatchObject({ description: 'by hand', tags: { 'managed-by': 'pullthrough' } })
      expect(versionsOf(secret)).toContainEqual(['AWSCURRENT', value(seeded.token)])
      expect(await syncAws(bench)).toMatchObject({ code: 0, writes: 0 })
    }),
  )

  test('changed by another hand is put right', () =>
    withBench(async (bench) => {
      await syncAws(bench)
      await clientOf(bench).send(new PutSecretValueCommand({ SecretId, SecretString: 'oops' }))
      expect(await syncAws(bench)).toMatchObject({ code: 0, outcomes: ['update done', 'keep done'] })
      expect(versionsOf(secretOf(bench))).toContainEqual(['AWSCURRENT', value(seeded.token)])
    }))

  test('scheduled for deletion stays so, until --restore takes it back, value, tag and policy included', () =>
    withBench(async (bench) => {
      await syncAws(bench)
      const client = clientOf(bench)
      await client.send(new DeleteResourcePolicyCommand({ SecretId }))
      await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'oops' }))
      await client.send(new DeleteSecretCommand({ SecretId }))
      const refused = await syncAws(bench)
      expect(refused).toMatchObject({ code: 1, writes: 0, outcomes: ['refuse failed'] })
      expect(refused.changes[0]?.error).toMatchObject({
        code: 'ERR_STATE',
        message: expect.stringMatching(/^the secret is scheduled for deletion \(DeletedDate 20/) as unknown,
        hint: 'take it back: pullthrough sync --restore',
      })

      expect(await syncAws(bench, seeded.token, '--restore', '--dry-run')).toMatchObject({
        code: 2,
        outcomes: ['restore skipped'],
      })
      expect(await syncAws(bench, seeded.token, '--restore')).toMatchObject({
        code: 0,
        outcomes: ['restore done', 'update done', 'create done'],
      })
      expect(await syncAws(bench)).toMatchObject({ code: 0, writes: 0 })
    }))

  test('that is a replica is left alone, and the primary is named', () =>
    withBench(async (bench) => {
      await syncAws(bench, seeded.token, '--region', 'eu-west-1')
      await clientOf(bench, 'eu-west-1').send(
        new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions: [{ Region: 'us-east-1' }] }),
      )
      const report = await syncAws(bench, seeded.token, '--region', 'us-east-1')
      expect(report).toMatchObject({ code: 1, writes: 0, outcomes: ['refuse failed'] })
      expect(report.changes[0]?.error?.message).toBe(
        'the secret in us-east-1 is a replica; its primary is in eu-west-1',
      )
      expect(await syncAws(bench, seeded.token, '--region', 'eu-west-1')).toMatchObject({
        code: 0,
        writes: 0,
      })
    }))

  test('under a customer managed key is left alone', () =>
    withBench(async (bench) => {
      const KmsKeyId = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555'
      await clientOf(bench).send(new CreateSecretCommand({ Name: SecretId, KmsKeyId, SecretString: 'x' }))
      const report = await syncAws(bench)
      expect(report).toMatchObject({ code: 1, writes: 0, outcomes: ['refuse failed'] })
      expect(report.changes[0]?.error?.message).toBe(
        `the secret is encrypted with the customer managed key ${KmsKeyId}, which ECR cannot use`,
      )
    }))

  test('of another tool is left alone', () =>
    withBench(async (bench) => {
      const client = clientOf(bench)
      await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: 'x' }))
      await client.send(
        new TagResourceCommand({ SecretId, Tags: [{ Key: 'ManagedBy', Value: 'terraform' }] }),
      )
      const report = await syncAws(bench)
      expect(report).toMatchObject({ code: 1, writes: 0, outcomes: ['refuse failed'] })
      expect(report.changes[0]?.error?.message).toBe(
        'the secret belongs to another tool (tag ManagedBy=terraform)',
      )
      expect(versionsOf(secretOf(bench))).toEqual([['AWSCURRENT', 'x']])
    }))

  test('is written in each Region that is named, with the same version id', () =>
    withBench(async (bench) => {
      const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2']
      const report = await syncAws(bench, seeded.token, ...regions.flatMap((region) => ['--region', region]))
      expect(report).toMatchObject({ code: 0, writes: 6 })
      const secrets = regions.map((region) => secretOf(bench, region))
      expect(new Set(secrets.map(({ versions }) => versions[0]?.id)).size).toBe(1)
    }))
})

describe.concurrent('the policy', () => {
  const keys = { id: 'AKIAREADER0000000001', secret: 'reader-secret' }
  const reader = 'arn:aws:iam::123456789012:role/ci'
  const addReader = (bench: Bench) =>
    bench.control('POST', '/aws/identities', {
      accessKeyId: keys.id,
      secretAccessKey: keys.secret,
      arn: 'arn:aws:sts::123456789012:assumed-role/ci/run-7',
      policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
    })

  /** Read as ECR does: in a session of its service-linked role. */
  async function readAsEcr(bench: Bench): Promise<string | undefined> {
    const ecr = { id: 'AKIAECRROLE000000001', secret: 'ecr-secret' }
    await bench.control('POST', '/aws/identities', {
      accessKeyId: ecr.id,
      secretAccessKey: ecr.secret,
      arn: 'arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForECRPullThroughCache/ecr',
      policy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
      },
    })
    const { SecretString } = await clientOf(bench, 'us-east-1', ecr).send(
      new GetSecretValueCommand({ SecretId }),
    )
    return SecretString
  }

  test('lets nobody read the value but ECR and the readers', () =>
    withBench(async (bench) => {
      await addReader(bench)
      const read = () =>
        clientOf(bench, 'us-east-1', keys)
          .send(new GetSecretValueCommand({ SecretId }))
          .then(({ SecretString }) => SecretString)
          .catch((error: unknown) => (error as Error).name)
      await syncAws(bench)
      expect(await read()).toBe('AccessDeniedException')
      expect(await readAsEcr(bench)).toBe(value(seeded.token))
      expect(await syncAws(bench, seeded.token, '--reader', reader)).toMatchObject({ writes: 1 })
      expect(await read()).toBe(value(seeded.token))
      expect(await syncAws(bench, seeded.token, '--reader', reader)).toMatchObject({ writes: 0 })
      expect(await syncAws(bench)).toMatchObject({ writes: 1 })
      expect(await read()).toBe('AccessDeniedException')
      expect(await syncAws(bench, seeded.token, '--policy', 'allow-only')).toMatchObject({ writes: 1 })
      expect(await read()).toBe(value(seeded.token))
    }))

  test('keeps foreign statements, and refuses to go on beside one that shuts ECR out', () =>
    withBench(async (bench) => {
      const client = clientOf(bench)
      await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: 'x' }))
      const put = (Statement: object) =>
        client.send(
          new PutResourcePolicyCommand({
            SecretId,
            ResourcePolicy: JSON.stringify({ Version: '2012-10-17', Statement }),
          }),
        )
      await put({
        Sid: 'Team',
        Effect: 'Allow',
        Principal: { AWS: '123456789012' },
        Action: 'secretsmanager:DescribeSecret',
        Resource: '*',
      })
      const report = await syncAws(bench)
      expect(report).toMatchObject({ code: 0, outcomes: ['adopt done', 'update done'] })
      expect(report.stderr).toContain(
        'pullthrough: warning: the policy’s statement Team is not ours and is kept\n',
      )
      const { policy } = secretOf(bench)
      expect(policy).toMatchObject({
        Statement: [{ Sid: 'PullthroughAllowEcr' }, { Sid: 'PullthroughDenyOtherReaders' }, { Sid: 'Team' }],
      })

      await put([
        {
          Sid: 'VpcOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 'secretsmanager:GetSecretValue',
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } },
        },
      ])
      const shutOut = await syncAws(bench)
      expect(shutOut).toMatchObject({ code: 1 })
      expect(shutOut.changes.find(({ action }) => action === 'refuse')?.error).toMatchObject({
        code: 'ERR_STATE',
        message: 'the resource policy’s statement VpcOnly denies ECR’s role the reading of the secret',
        hint: `exempt it there: "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "${role}"}}`,
      })
    }))
})

describe.concurrent('a refusal', () => {
  test.each([
    [
      { kind: 'deny' },
      'ERR_DENIED',
      'allow secretsmanager:DescribeSecret to the role or user that runs this',
    ],
    [{ kind: 'throttle' }, 'ERR_RATE_LIMITED', 'wait a minute and run it again'],
    [{ kind: 'expired-token' }, 'ERR_UNAUTHENTICATED', 'renew the session, for example: aws sso login'],
    [{ kind: 'error', status: 500 }, 'ERR_UNEXPECTED_ANSWER', expect.any(String) as string],
    [{ kind: 'html', status: 502 }, 'ERR_UNEXPECTED_ANSWER', expect.any(String) as string],
    [{ kind: 'reset' }, 'ERR_UNREACHABLE', expect.any(String) as string],
    [{ kind: 'hang' }, 'ERR_UNREACHABLE', expect.any(String) as string],
  ])('by %o is never read as absent: %s', (fault, code, hint) =>
    withBench(async (bench) => {
      await bench.control('POST', '/faults', {
        service: 'secretsmanager',
        operation: 'DescribeSecret',
        times: 'always',
        fault,
      })
      const report = await syncAws(bench, seeded.token, ...(fault.kind === 'hang' ? ['--timeout', '1'] : []))
      expect(report).toMatchObject({ code: 1, writes: 0, outcomes: ['observe failed'] })
      expect(report.changes[0]?.error).toMatchObject({ code, hint })
      const { aws } = bench.sandbox.state()
      expect(aws['123456789012']?.['us-east-1']?.secrets ?? []).toEqual([])
    }),
  )

  test('of the policy alone is a failure too, and is never read as "no policy"', () =>
    withBench(async (bench) => {
      await syncAws(bench)
      const rule = { service: 'secretsmanager', operation: 'GetResourcePolicy', times: 'always' }
      await bench.control('POST', '/faults', { ...rule, fault: { kind: 'deny' } })
      expect(await syncAws(bench)).toMatchObject({ code: 1, writes: 0, outcomes: ['observe failed'] })
    }))

  test('of an identity that may not write says which action to allow', () =>
    withBench(async (bench) => {
      await bench.control('POST', '/aws/identities', {
        accessKeyId: bench.sandbox.env['AWS_ACCESS_KEY_ID'],
        secretAccessKey: bench.sandbox.env['AWS_SECRET_ACCESS_KEY'],
        arn: 'arn:aws:iam::123456789012:user/reader',
        policy: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: ['secretsmanager:Describe*', 'secretsmanager:Get*'], Resource: '*' },
          ],
        },
      })
      const report = await syncAws(bench)
      expect(report).toMatchObject({ code: 1, outcomes: ['create failed', 'create skipped'] })
      expect(report.changes[0]?.error).toMatchObject({
        code: 'ERR_DENIED',
        hint: 'allow secretsmanager:CreateSecret to the role or user that runs this',
      })
    }))
})
