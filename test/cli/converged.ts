import {
  CreatePullThroughCacheRuleCommand,
  ECRClient,
  UpdatePullThroughCacheRuleCommand,
} from '@aws-sdk/client-ecr'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { expect } from 'vitest'
import { recordName } from '../../src/github/sync-record.ts'
import { seal } from '../../src/github/sealed-box.ts'
import type { LoggedRequest } from '../../src/sandbox/request-log.ts'
import { Secret } from '../../src/secret.ts'
import { type Bench, openBench, type Run, type SecretState, seeded } from './in-process.ts'

/** Whether to try every request with everything, as CI does, and not only some. */
export const sweepAll = process.env['PULLTHROUGH_SWEEP'] === 'all'

/** Where a run starts, and what must be there when it is through. */
export interface Scenario {
  readonly name: string
  /** Of every run of the scenario that is under test. */
  readonly flags: readonly string[]
  readonly prepare: (bench: Bench) => Promise<void>
  /** The versions of the secret in each Region, in the order of their creation. */
  readonly versions: Readonly<Record<string, readonly VersionThen[]>>
  /** Tags beside ours. */
  readonly tags?: Readonly<Record<string, string>>
}

interface VersionThen {
  readonly labels: readonly string[]
  readonly secretString: string
}

const secretName = 'ecr-pullthroughcache/docker-hub'
const home = 'us-east-1'
const earlierToken = 'dckr_pat_earlier_0123456789abcdefghi'

const textOf = (token: string) => JSON.stringify({ username: seeded.username, accessToken: token })
const current: VersionThen = { labels: ['AWSCURRENT'], secretString: textOf(seeded.token) }
const afterEarlier = [{ labels: ['AWSPREVIOUS'], secretString: textOf(earlierToken) }, current]
const byAnotherHand = '{"username":"sandbox","accessToken":"written by another hand"}'

/** The states that a sync may find. */
export const scenarios = [
  { name: 'first', flags: [], prepare: () => Promise.resolve(), versions: { [home]: [current] } },
  {
    name: 'new token',
    flags: [],
    prepare: (bench) => syncEarlier(bench, earlierToken),
    versions: { [home]: afterEarlier },
  },
  {
    name: 'back',
    flags: [],
    async prepare(bench) {
      await syncEarlier(bench, seeded.token)
      await syncEarlier(bench, earlierToken)
    },
    versions: { [home]: [current, { ...afterEarlier[0], labels: ['AWSPREVIOUS'] } as VersionThen] },
  },
  {
    name: 'adopted',
    flags: [],
    prepare: makeByAnotherHand,
    versions: { [home]: [{ labels: ['AWSPREVIOUS'], secretString: byAnotherHand }, current] },
    tags: { team: 'platform' },
  },
  {
    name: 'restored',
    flags: ['--restore'],
    async prepare(bench) {
      await syncEarlier(bench, earlierToken)
      await clientOf(bench).send(new DeleteSecretCommand({ SecretId: secretName, RecoveryWindowInDays: 7 }))
    },
    versions: { [home]: afterEarlier },
  },
  {
    name: 'used by a rule',
    flags: [],
    async prepare(bench) {
      await syncEarlier(bench, earlierToken)
      await makeRule(bench)
    },
    versions: { [home]: afterEarlier },
  },
  {
    name: 'two Regions',
    flags: ['--region', home, '--region', 'eu-west-1'],
    prepare: () => Promise.resolve(),
    versions: { [home]: [current], 'eu-west-1': [current] },
  },
] as const satisfies readonly Scenario[]

/** The credential comes from the environment here: no decryption, so that the many runs are quick. */
export async function syncNow(bench: Bench, { flags }: Scenario, ...more: string[]): Promise<Run> {
  const end = new AbortController()
  const run = await bench.run(['sync', '--source', 'env', ...flags, ...more], {
    env: { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: seeded.token },
    signal: end.signal,
  })
  // As the process does at its end: nothing that is still under way meets the next run.
  end.abort()
  return run
}

/** One request of a run: the operation, and how many of the same came before it. */
export interface RequestStep {
  readonly service: string
  readonly operation: string
  readonly skip: number
  readonly mutating: boolean
}

/** The requests of a clean run, read off the sandbox: what may fail is not listed by hand. */
export async function stepsOf(scenario: Scenario): Promise<readonly RequestStep[]> {
  let requests: readonly LoggedRequest[] = []
  await withPrepared(scenario, async (bench) => {
    await bench.control('DELETE', '/requests')
    expect(await syncNow(bench, scenario)).toMatchObject({ code: 0 })
    requests = await bench.requests()
  })
  return requests.map(({ service, operation, mutating }, index) => ({
    service,
    operation,
    skip: requests
      .slice(0, index)
      .filter((other) => other.service === service && other.operation === operation).length,
    mutating,
  }))
}

/**
 * Everything that must hold once a run has gone through, whatever happened before it.
 *
 * @param toFinish whether a run is needed for that; whoever says that all is done must need none
 */
export async function expectConverged(bench: Bench, scenario: Scenario, toFinish: boolean): Promise<void> {
  await later(bench)
  if (toFinish) expect(await syncNow(bench, scenario)).toMatchObject({ code: 0 })

  await bench.control('DELETE', '/requests')
  const { code, stdout } = await syncNow(bench, scenario, '--json')
  const report = JSON.parse(stdout) as { writes: number; changes: { action: string }[] }
  expect({
    code,
    writes: report.writes,
    actions: new Set(report.changes.map(({ action }) => action)),
  }).toEqual({
    code: 0,
    writes: 0,
    actions: new Set(['keep']),
  })
  expect((await bench.requests()).filter(({ mutating }) => mutating)).toEqual([])

  const { aws, github } = bench.sandbox.state()
  const regions = Object.entries(aws['123456789012'] ?? {}).filter(([, { secrets }]) => secrets.length > 0)
  expect(
    Object.fromEntries(regions.map(([region, { secrets }]) => [region, secrets.map(shownSecret)])),
  ).toEqual(
    Object.fromEntries(
      Object.entries(scenario.versions).map(([region, versions]) => [
        region,
        [
          {
            name: secretName,
            deletedDate: null,
            versions,
            tags: { ...scenario.tags, 'managed-by': 'pullthrough' },
            policy: [
              ['Allow', { Service: 'ecr.amazonaws.com' }],
              ['Deny', '*'],
            ],
          },
        ],
      ]),
    ),
  )

  const { secrets = {}, variables = {} } = github['acme/widgets'] ?? {}
  expect(Object.fromEntries(Object.entries(secrets).map(([name, { value }]) => [name, value]))).toEqual({
    DOCKER_HUB_USERNAME: seeded.username,
    DOCKER_HUB_TOKEN: seeded.token,
  })
  expect(Object.keys(variables)).toEqual([recordName])
  const ids = regions.flatMap(
    ([
      ,
      {
        secrets: [secret],
      },
    ]) => secret?.versions ?? [],
  )
  expect(JSON.parse(variables[recordName]?.value ?? '')).toEqual({
    version: ids.find(({ labels }) => labels.includes('AWSCURRENT'))?.id,
    updatedAt: Object.fromEntries(Object.entries(secrets).map(([name, { updatedAt }]) => [name, updatedAt])),
  })
}

/** Open a bench, use it, close it. */
export async function withBench(use: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await openBench()
  try {
    await use(bench)
  } finally {
    await bench.close()
  }
}

const idle: Bench[] = []

/** Use a bench that is in a scenario's start state. The next to use it starts over. */
export async function withPrepared(scenario: Scenario, use: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = idle.pop() ?? (await openBench())
  try {
    await bench.control('POST', '/reset')
    await scenario.prepare(bench)
    await later(bench)
    await use(bench)
  } catch (error) {
    // Whatever is still under way there must not meet the next test.
    await bench.close()
    throw error
  }
  idle.push(bench)
}

/** Close what {@link withPrepared} opened: for `afterAll`. */
export async function closeBenches(): Promise<void> {
  await Promise.all(idle.splice(0).map((bench) => bench.close()))
}

/** A sync of ours that went before. Whether Docker Hub knows the token is of no matter here. */
async function syncEarlier(bench: Bench, token: string): Promise<void> {
  const run = await bench.run(['sync', '--source', 'env', '--skip-proof'], {
    env: { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: token },
  })
  expect(run).toMatchObject({ code: 0 })
  await later(bench)
}

/** Make the secret and the pair as someone would who does not know pullthrough. */
async function makeByAnotherHand(bench: Bench): Promise<void> {
  await clientOf(bench).send(
    new CreateSecretCommand({
      Name: secretName,
      SecretString: byAnotherHand,
      Tags: [{ Key: 'team', Value: 'platform' }],
    }),
  )
  const { GITHUB_API_URL = '', GH_TOKEN = '' } = bench.sandbox.env
  const secrets = `${GITHUB_API_URL}/repos/acme/widgets/actions/secrets`
  const headers = { authorization: `Bearer ${GH_TOKEN}` }
  const answer = await fetch(`${secrets}/public-key`, { headers })
  const { key_id: id, key } = (await answer.json()) as { key_id: string; key: string }
  for (const name of ['DOCKER_HUB_USERNAME', 'DOCKER_HUB_TOKEN']) {
    const encrypted = await seal(new Secret('written by another hand'), { id, key })
    const body = JSON.stringify({ encrypted_value: encrypted, key_id: id })
    expect((await fetch(`${secrets}/${name}`, { method: 'PUT', headers, body })).status).toBe(201)
  }
}

/** Make a cache rule that uses the secret. */
export async function makeRule(bench: Bench): Promise<void> {
  const { ARN } = await clientOf(bench).send(new DescribeSecretCommand({ SecretId: secretName }))
  await new ECRClient(awsConfigOf(bench)).send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: 'docker-hub',
      upstreamRegistryUrl: 'registry-1.docker.io',
      credentialArn: ARN,
    }),
  )
}

/** Point the rule to the secret of today, as `pulumi up` does. */
export async function repointRule(bench: Bench): Promise<void> {
  const { ARN } = await clientOf(bench).send(new DescribeSecretCommand({ SecretId: secretName }))
  await new ECRClient(awsConfigOf(bench)).send(
    new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'docker-hub', credentialArn: ARN }),
  )
}

/** Delete the secret at once, so that the next one of its name has another ARN. */
export async function deleteSecret(bench: Bench): Promise<void> {
  await clientOf(bench).send(
    new DeleteSecretCommand({ SecretId: secretName, ForceDeleteWithoutRecovery: true }),
  )
}

function clientOf(bench: Bench): SecretsManagerClient {
  return new SecretsManagerClient(awsConfigOf(bench))
}

function awsConfigOf({ sandbox }: Bench) {
  const { AWS_ENDPOINT_URL = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = sandbox.env
  return {
    region: home,
    endpoint: AWS_ENDPOINT_URL,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  }
}

/** GitHub's times have whole seconds: what happens next happens in another one. */
async function later(bench: Bench): Promise<void> {
  await bench.control('POST', '/clock', { advanceMs: 5000 })
}

/** The part of a secret that a sync answers for. */
function shownSecret({ name, deletedDate, versions, tags, policy }: SecretState) {
  const { Statement } = policy as { Statement: readonly { Effect: string; Principal: unknown }[] }
  return {
    name,
    deletedDate,
    versions: versions.map(({ labels, secretString }) => ({ labels, secretString })),
    tags,
    policy: Statement.map(({ Effect, Principal }) => [Effect, Principal]),
  }
}
