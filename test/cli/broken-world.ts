import { CreatePullThroughCacheRuleCommand, ECRClient } from '@aws-sdk/client-ecr'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { expect } from 'vitest'
import { type CheckId, type Finding, redStatuses, type Status } from '../../src/checks/finding.ts'
import { seal } from '../../src/github/sealed-box.ts'
import type { Fault as RequestFault } from '../../src/sandbox/fault.ts'
import { Secret } from '../../src/secret.ts'
import { type Bench, openBench, type Run, seeded } from './in-process.ts'

export const home = 'us-east-1'
export const secretName = 'ecr-pullthroughcache/docker-hub'

/** What the findings of the seeded world are about. The source is told in many ways, and is `source` here. */
export const targets = {
  source: 'source',
  hub: 'Docker Hub',
  account: 'AWS account',
  secret: `${home} ${secretName}`,
  policy: `${home} ${secretName} policy`,
  rules: `${home} cache rules`,
  rule: `${home} rule docker-hub`,
  repository: 'acme/widgets',
} as const

/** How a run of `verify` differs from the usual one. */
export interface RunChange {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Below the bench's directory. */
  readonly cwd?: string
}

/** A way to run `verify`, and the world that it fits. */
export interface Setting extends Required<Omit<RunChange, 'cwd'>> {
  readonly regions: readonly string[]
  readonly repositories: readonly string[]
}

/** A credential in the environment, where `--source env` reads it. */
export function inEnvironment(token: string, username = seeded.username): Readonly<Record<string, string>> {
  return { DOCKER_HUB_USERNAME: username, DOCKER_HUB_TOKEN: token }
}

/** A GitHub token that may do all that sync needs, in two repositories. */
const wideToken = `github_pat_11WIDE0${'0123456789'.repeat(7)}000`

const usual: Setting = {
  flags: ['--source', 'env'],
  env: inEnvironment(seeded.token),
  regions: [home],
  repositories: ['acme/widgets'],
}

export const settings = {
  usual,
  pulumi: { ...usual, flags: ['--source', 'pulumi'], env: {} },
  workflow: { ...usual, env: { ...usual.env, GITHUB_ACTIONS: 'true' } },
  wide: {
    ...usual,
    env: { ...usual.env, GH_TOKEN: wideToken },
    regions: [home, 'eu-west-1'],
    repositories: ['acme/widgets', 'acme/gadgets'],
  },
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof settings

/** One check that a fault changes: its status (`gone` if nothing is left to ask), and what is said of it. */
export type CheckChange = readonly [id: CheckId, target: string, status: Status | 'gone', says?: RegExp]

/** One thing that is wrong with a world where all else is well. */
export interface Fault {
  readonly name: string
  /** `usual` if absent. */
  readonly setting?: SettingName
  /** What it changes: two faults that touch the same cannot be had together. */
  readonly touches: readonly string[]
  /** When it is done if others are done too: `first` what syncs, for that would mend others; `last` what removes. */
  readonly when?: 'first' | 'last'
  readonly break: (world: World) => Promise<RunChange | undefined> | RunChange | undefined
  /** Every check that is not as in the healthy world. The first is the fault itself, the others follow from it. */
  readonly changes: readonly CheckChange[]
  /**
   * Who mends it: `sync`; `advice`, that is whoever runs the commands of the fixes, as they stand there; `time`, when
   * the service has recovered; `person`, in a way that no command of ours can show, see `act`.
   */
  readonly mends: 'sync' | 'advice' | 'time' | 'person' | 'nobody'
  /** What the person does, and how to run `verify` then: all is well after that. */
  readonly act?: (world: World) => Promise<RunChange | undefined>
  /** Why it is not drawn together with others. */
  readonly alone?: string
}

/** A sandbox that is broken on purpose, and the means to do so. */
export interface World {
  readonly bench: Bench
  readonly secrets: (region?: string) => SecretsManagerClient
  readonly ecr: (region?: string) => ECRClient
  readonly control: (path: string, body: unknown) => Promise<unknown>
  /** Let a kind of request fail, always. It does so once everything else is broken. */
  readonly fail: (service: string, operation: string, fault: RequestFault) => void
  /** Ask GitHub as whoever owns the seeded token. */
  readonly github: (method: string, path: string, body?: unknown) => Promise<unknown>
  /** Write a secret of `acme/widgets` by hand. */
  readonly writeGitHubSecret: (name: string, value: string) => Promise<void>
  /** A sync that must succeed. */
  readonly sync: (flags: readonly string[], env?: RunChange['env']) => Promise<void>
  /** Make the rule `docker-hub`, or another, that uses the secret. */
  readonly makeRule: (region?: string, prefix?: string) => Promise<void>
  readonly secretArn: (region?: string) => Promise<string>
  /** Delete the secret and make it anew: the same in all but its ARN. */
  readonly remakeSecret: () => Promise<void>
  /** GitHub's times have whole seconds: what happens next happens in another one. */
  readonly later: () => Promise<void>
}

/** Make a world on a bench: what {@link World} says, and no more. */
function worldOn(bench: Bench, waiting: object[]): World {
  const { env } = bench.sandbox
  const options = (region: string) => ({
    region,
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  })
  const secretsClients = new Map<string, SecretsManagerClient>()
  const ecrClients = new Map<string, ECRClient>()
  const world: World = {
    bench,
    secrets: (region = home) =>
      known(secretsClients, region, () => new SecretsManagerClient(options(region))),
    ecr: (region = home) => known(ecrClients, region, () => new ECRClient(options(region))),
    control: (path, body) => bench.control('POST', path, body),
    fail(service, operation, fault) {
      waiting.push({ service, operation, times: 'always', fault })
    },
    async github(method, path, body) {
      const answer = await fetch(`${env['GITHUB_API_URL'] ?? ''}${path}`, {
        method,
        headers: { authorization: `Bearer ${env['GH_TOKEN'] ?? ''}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text === '' ? undefined : (JSON.parse(text) as unknown)
    },
    async writeGitHubSecret(name, value) {
      const secrets = '/repos/acme/widgets/actions/secrets'
      const key = (await world.github('GET', `${secrets}/public-key`)) as { key_id: string; key: string }
      const encrypted = await seal(new Secret(value), { id: key.key_id, key: key.key })
      await world.github('PUT', `${secrets}/${name}`, { encrypted_value: encrypted, key_id: key.key_id })
    },
    async sync(flags, env = usual.env) {
      const run = await runEnded(bench, ['sync', '--source', 'env', ...flags], { env })
      expect(run).toMatchObject({ code: 0 })
    },
    async makeRule(region = home, prefix = 'docker-hub') {
      await world.ecr(region).send(
        new CreatePullThroughCacheRuleCommand({
          ecrRepositoryPrefix: prefix,
          upstreamRegistryUrl: 'registry-1.docker.io',
          credentialArn: await world.secretArn(region),
        }),
      )
    },
    async secretArn(region = home) {
      const { ARN = '' } = await world
        .secrets(region)
        .send(new DescribeSecretCommand({ SecretId: secretName }))
      return ARN
    },
    async remakeSecret() {
      const client = world.secrets()
      const named = { SecretId: secretName }
      // Its policy keeps us from reading it.
      const [secret] = bench.sandbox.state().aws['123456789012']?.[home]?.secrets ?? []
      const version = secret?.versions.find(({ labels }) => labels.includes('AWSCURRENT'))
      const { Tags } = await client.send(new DescribeSecretCommand(named))
      const { ResourcePolicy } = await client.send(new GetResourcePolicyCommand(named))
      await client.send(new DeleteSecretCommand({ ...named, ForceDeleteWithoutRecovery: true }))
      const value = { ClientRequestToken: version?.id, SecretString: version?.secretString }
      await client.send(new CreateSecretCommand({ Name: secretName, ...value, Tags }))
      await client.send(new PutResourcePolicyCommand({ ...named, ResourcePolicy }))
    },
    async later() {
      await bench.control('POST', '/clock', { advanceMs: 5000 })
    },
  }
  return world
}

function known<Client>(clients: Map<string, Client>, region: string, make: () => Client): Client {
  const client = clients.get(region) ?? make()
  clients.set(region, client)
  return client
}

/** Run a command line, and end what it left under way, as the process does. */
async function runEnded(bench: Bench, argv: readonly string[], { env = {}, cwd }: RunChange): Promise<Run> {
  const end = new AbortController()
  const options = cwd === undefined ? {} : { cwd: `${bench.directory}/${cwd}` }
  const run = await bench.run(argv, { env, signal: end.signal, ...options })
  end.abort()
  return run
}

interface Place {
  readonly bench: Bench
  readonly world: World
  readonly waiting: object[]
}

const idle: Place[] = []

/** Use a world where all is well: synced, with a cache rule in each Region. The next to use it starts over. */
export async function withHealthyWorld(
  setting: SettingName,
  use: (world: World, applyFaults: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const place = idle.pop() ?? (await openPlace())
  const { bench, world, waiting } = place
  const { regions, repositories } = settings[setting]
  try {
    waiting.length = 0
    await bench.control('POST', '/reset')
    await makeHealthy(world, regions, repositories)
    await use(world, async () => {
      for (const rule of waiting.splice(0)) await bench.control('POST', '/faults', rule)
    })
  } catch (error) {
    // Whatever is still under way there must not meet the next test.
    await bench.close()
    throw error
  }
  idle.push(place)
}

async function openPlace(): Promise<Place> {
  const bench = await openBench()
  const waiting: object[] = []
  return { bench, world: worldOn(bench, waiting), waiting }
}

/** Close what {@link withHealthyWorld} opened: for `afterAll`. */
export async function closeWorlds(): Promise<void> {
  await Promise.all(idle.splice(0).map(({ bench }) => bench.close()))
}

async function makeHealthy(
  world: World,
  regions: readonly string[],
  repositories: readonly string[],
): Promise<void> {
  for (const fullName of repositories)
    await world.control('/github/repositories', { fullName, private: true })
  await world.control('/github/tokens', {
    token: wideToken,
    kind: 'fine-grained',
    permissions: { secrets: 'write', variables: 'write' },
    repositories,
  })
  await world.sync(places(regions, repositories), { ...usual.env, GH_TOKEN: wideToken })
  for (const region of regions) await world.makeRule(region)
  await world.later()
}

function places(regions: readonly string[], repositories: readonly string[]): readonly string[] {
  return [
    ...regions.flatMap((region) => ['--region', region]),
    ...repositories.flatMap((repository) => ['--repo', repository]),
  ]
}

/** One answer of `verify`. */
export interface Report {
  /** With what differs from run to run taken out. */
  readonly findings: readonly Finding[]
  /** As they were printed. */
  readonly printed: readonly Finding[]
}

/**
 * Run `verify` in a world. Whatever is wrong there, nothing is written, the token is not shown, and the exit code
 * follows from the findings.
 */
export async function verify(world: World, setting: SettingName, change: RunChange = {}): Promise<Report> {
  const { bench } = world
  await bench.control('DELETE', '/requests')
  const { flags, env, ...where } = settings[setting]
  const argv = ['verify', '--json', ...flags, ...placesFor(setting, where), ...(change.flags ?? [])]
  const run = await runEnded(bench, argv, { ...change, env: { ...env, ...change.env } })
  expect((await bench.requests()).filter(({ mutating }) => mutating)).toEqual([])

  const { checks: printed, ok, error } = JSON.parse(run.stdout) as ReportJson
  const findings = printed.map(normalised)
  const statuses: readonly Status[] = findings.map(({ status }) => status)
  const isRed = redStatuses.some((red) => statuses.includes(red))
  const isUnanswered = statuses.includes('denied') || statuses.includes('unreachable')
  expect({ code: run.code, ok, error }).toEqual({ code: isUnanswered ? 1 : isRed ? 2 : 0, ok: !isRed })
  for (const token of tokensIn({ ...env, ...change.env })) {
    expect(run.stdout + run.stderr).not.toContain(token)
  }
  return { findings, printed }
}

/** The seeded world needs no flag to be found. */
function placesFor(
  setting: SettingName,
  { regions, repositories }: Pick<Setting, 'regions' | 'repositories'>,
) {
  return setting === 'wide' ? places(regions, repositories) : []
}

/** Every credential of a run, with and without what surrounds it. */
function tokensIn(env: NonNullable<RunChange['env']>): readonly string[] {
  const { DOCKER_HUB_TOKEN: token = '', GH_TOKEN: gitHub = '' } = env
  return [seeded.token, token.trim(), gitHub].filter((text) => text.length > 8)
}

interface ReportJson {
  readonly ok: boolean
  readonly checks: readonly Finding[]
  readonly error?: unknown
}

/** What differs from run to run taken out: the end of a secret’s ARN, and GitHub’s times. */
function normalised(finding: Finding): Finding {
  const text = JSON.stringify(finding)
    .replaceAll(/(ecr-pullthroughcache\/[\w-]+)-\w{6}(?!\w)/g, '$1-SUFFIX')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
  const plain = JSON.parse(text) as Finding
  return plain.id.startsWith('source.') ? { ...plain, target: targets.source } : plain
}

/** Sync as the setting says, with what a fault changed of the run. */
export async function syncIn(world: World, setting: SettingName, change: RunChange = {}): Promise<Run> {
  const { flags, env, ...where } = settings[setting]
  const argv = ['sync', ...flags, ...placesFor(setting, where), ...(change.flags ?? [])]
  return runEnded(world.bench, argv, { ...change, env: { ...env, ...change.env } })
}

const keyOf = ({ id, target }: Pick<Finding, 'id' | 'target'>) => `${id} ${target}`

export function byKey(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  return new Map(findings.map((finding) => [keyOf(finding), finding]))
}

/** What is said of a check that changed. */
export function saidOf(finding: Finding | undefined): string {
  return finding?.cause ?? finding?.detail ?? ''
}

/** The checks that differ between two reports, with the status that they have now. */
export function differences(
  healthy: readonly Finding[],
  now: readonly Finding[],
): ReadonlyMap<string, Status | 'gone'> {
  const before = byKey(healthy)
  const after = byKey(now)
  const keys = new Set([...before.keys(), ...after.keys()])
  return new Map(
    [...keys].flatMap((key): [string, Status | 'gone'][] => {
      const finding = after.get(key)
      const isSame = JSON.stringify(before.get(key)) === JSON.stringify(finding)
      return isSame ? [] : [[key, finding?.status ?? 'gone']]
    }),
  )
}

export function keyOfChange([id, target]: CheckChange): string {
  return keyOf({ id, target })
}

/** Break a world by letting a kind of request fail. */
export function failing(
  service: string,
  operation: string,
  fault: RequestFault,
  change?: RunChange,
): Fault['break'] {
  return ({ fail }) => {
    fail(service, operation, fault)
    return change
  }
}

/** Several checks of one target that change alike. */
export function each(
  ids: readonly CheckId[],
  target: string,
  status: CheckChange[2],
  says?: RegExp,
): readonly CheckChange[] {
  return ids.map((id): CheckChange =>
    says === undefined ? [id, target, status] : [id, target, status, says],
  )
}
