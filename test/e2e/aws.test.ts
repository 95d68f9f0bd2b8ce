import { afterEach, beforeEach, expect, test } from 'vitest'
import { seeded } from '../cli/in-process.ts'
import { describeWithClients } from './clients.ts'
import { currentText, onlySecret, openWorkplace, type Workplace, writeProject } from './workplace.ts'

const secretId = 'ecr-pullthroughcache/docker-hub'
const wanted = JSON.stringify({ username: seeded.username, accessToken: seeded.token })

describeWithClients('the aws CLI', () => {
  let workplace: Workplace

  beforeEach(async () => {
    workplace = await openWorkplace()
    await writeProject(workplace.project)
  })

  afterEach(async () => {
    await workplace.close()
  })

  test('sees the secret that sync wrote, and is denied its value', async () => {
    await workplace.sync()

    const described = await answerOf('describe-secret', '--secret-id', secretId)
    expect(described).toMatchObject({
      Name: secretId,
      Tags: [{ Key: 'managed-by', Value: 'pullthrough' }],
    })
    expect(Object.values(described['VersionIdsToStages'] as Record<string, unknown>)).toEqual([
      ['AWSCURRENT'],
    ])

    const { ResourcePolicy } = await answerOf('get-resource-policy', '--secret-id', secretId)
    expect(sidsOf(ResourcePolicy)).toEqual(['PullthroughAllowEcr', 'PullthroughDenyOtherReaders'])

    const value = await secretsManager('get-secret-value', '--secret-id', secretId)
    expect(value).toMatchObject({ stdout: '' })
    expect(value.code).not.toBe(0)
    expect(value.stderr).toContain(
      'An error occurred (AccessDeniedException) when calling the GetSecretValue operation',
    )
    expect(value.stderr).toContain('with an explicit deny in a resource-based policy')
  })

  test('is given the value if --reader names its identity', async () => {
    await workplace.sync('--reader', await ownArn())
    const value = await answerOf('get-secret-value', '--secret-id', secretId)
    expect(value).toMatchObject({ Name: secretId, SecretString: wanted, VersionStages: ['AWSCURRENT'] })
    expect((await workplace.sync('--reader', await ownArn())).writes).toBe(0)

    // Without it, the reader is taken off the list again.
    await workplace.sync()
    expect(await secretsManager('get-secret-value', '--secret-id', secretId)).toMatchObject({ stdout: '' })
  })

  test('makes a secret that sync adopts', async () => {
    await answerOfInput('{"username":"old","accessToken":"old"}', 'create-secret', '--name', secretId)
    const { changes } = await workplace.sync()
    expect(changes[0]).toMatchObject({ action: 'adopt', because: 'made by another hand', outcome: 'done' })
    const secret = onlySecret(await workplace.state())
    expect(currentText(secret)).toBe(wanted)
    expect(secret.tags).toEqual({ 'managed-by': 'pullthrough' })
    expect((await workplace.sync()).writes).toBe(0)
  })

  test('puts a value that sync takes back, without another version of its own', async () => {
    await workplace.sync()
    await answerOfInput(
      '{"username":"sandbox","accessToken":"meddled"}',
      'put-secret-value',
      '--secret-id',
      secretId,
    )
    expect(currentText(onlySecret(await workplace.state()))).toContain('meddled')

    const { changes } = await workplace.sync()
    expect(changes[0]).toMatchObject({ action: 'update', outcome: 'done' })
    const secret = onlySecret(await workplace.state())
    expect(currentText(secret)).toBe(wanted)
    expect(secret.versions).toHaveLength(2)
    expect((await workplace.sync()).writes).toBe(0)
  })

  test('puts a policy whose statements sync keeps, beside its own', async () => {
    await workplace.sync()
    const foreign = {
      Sid: 'AuditorsMayDescribe',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'secretsmanager:DescribeSecret',
      Resource: '*',
    }
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [foreign] })
    await answerOf('put-resource-policy', '--secret-id', secretId, '--resource-policy', policy)

    const { changes } = await workplace.sync()
    expect(changes[1]).toMatchObject({ action: 'update', outcome: 'done' })
    const { ResourcePolicy } = await answerOf('get-resource-policy', '--secret-id', secretId)
    expect(sidsOf(ResourcePolicy)).toEqual([
      'PullthroughAllowEcr',
      'PullthroughDenyOtherReaders',
      'AuditorsMayDescribe',
    ])
    expect((await workplace.sync()).writes).toBe(0)
  })

  function secretsManager(...args: readonly string[]) {
    return workplace.aws(['secretsmanager', ...args, '--output', 'json'])
  }

  async function answerOf(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await secretsManager(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout) as Record<string, unknown>
  }

  /** The value goes in on stdin, as a careful person would have it: through a pipe, which Node's own stdin is not. */
  async function answerOfInput(value: string, ...args: readonly string[]): Promise<void> {
    const { code, stderr } = await workplace.run(
      'sh',
      [
        '-c',
        'cat | aws "$@" --secret-string file:///dev/stdin',
        'sh',
        ...endpoint(),
        'secretsmanager',
        ...args,
      ],
      { input: value },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  }

  function endpoint(): readonly string[] {
    return ['--endpoint-url', workplace.env['AWS_ENDPOINT_URL'] ?? '']
  }

  async function ownArn(): Promise<string> {
    const { stdout } = await workplace.aws([
      'sts',
      'get-caller-identity',
      '--query',
      'Arn',
      '--output',
      'text',
    ])
    return stdout.trim()
  }
})

function sidsOf(policy: unknown): readonly unknown[] {
  const { Statement } = JSON.parse(String(policy)) as { Statement: readonly { Sid?: string }[] }
  return Statement.map(({ Sid }) => Sid)
}
