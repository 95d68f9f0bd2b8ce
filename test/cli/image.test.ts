import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreatePullThroughCacheRuleCommand, ECRClient } from '@aws-sdk/client-ecr'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, openBench, type Run } from './in-process.ts'

const account = '123456789012'
const hostIn = (region: string) => `${account}.dkr.ecr.${region}.amazonaws.com`
const host = hostIn('us-east-1')
const digest = `sha256:${'0'.repeat(64)}`

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(async () => {
  await bench.close()
})
beforeEach(async () => {
  await bench.control('POST', '/reset')
})

const run = (argv: readonly string[], options: Parameters<Bench['run']>[1] = {}): Promise<Run> =>
  bench.run(['image', ...argv], options)
const json = async (argv: readonly string[], options: Parameters<Bench['run']>[1] = {}) => {
  const { code, stdout } = await run([...argv, '--json'], options)
  return { code, answer: JSON.parse(stdout) as unknown }
}
const answered = (...lines: readonly string[]): Run => ({
  code: 0,
  stdout: lines.map((line) => `${line}\n`).join(''),
  stderr: '',
})

/** What a client of the sandbox’s AWS is made with. */
function configOf(region: string) {
  const { AWS_ENDPOINT_URL = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = bench.sandbox.env
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
  return { region, endpoint: AWS_ENDPOINT_URL, credentials }
}

/** Make rules, with a secret where their upstream needs one. */
async function makeRules(region: string, rules: Readonly<Record<string, string>>): Promise<void> {
  const Name = 'ecr-pullthroughcache/any'
  const SecretString = JSON.stringify({ username: 'any', accessToken: 'any' })
  const { ARN: credentialArn } = await new SecretsManagerClient(configOf(region)).send(
    new CreateSecretCommand({ Name, SecretString }),
  )
  for (const [ecrRepositoryPrefix, upstreamRegistryUrl] of Object.entries(rules)) {
    const isPublic = ['quay.io', 'public.ecr.aws', 'registry.k8s.io'].includes(upstreamRegistryUrl)
    await new ECRClient(configOf(region)).send(
      new CreatePullThroughCacheRuleCommand({
        ecrRepositoryPrefix,
        upstreamRegistryUrl,
        ...(isPublic ? {} : { credentialArn }),
      }),
    )
  }
  await bench.control('DELETE', '/requests')
}

const allRules = {
  'docker-hub': 'registry-1.docker.io',
  github: 'ghcr.io',
  gitlab: 'registry.gitlab.com',
  azure: 'acme.azurecr.io',
  chainguard: 'cgr.dev',
  'ecr-public': 'public.ecr.aws',
  kubernetes: 'registry.k8s.io',
  quay: 'quay.io',
}

const images = [
  ['debian:12', 'docker.io/library/debian:12', 'docker-hub/library/debian:12'],
  ['grafana/grafana', 'docker.io/grafana/grafana', 'docker-hub/grafana/grafana'],
  ['ghcr.io/acme/widgets:1', 'ghcr.io/acme/widgets:1', 'github/acme/widgets:1'],
  ['registry.gitlab.com/a/b/c:1', 'registry.gitlab.com/a/b/c:1', 'gitlab/a/b/c:1'],
  ['acme.azurecr.io/app:1', 'acme.azurecr.io/app:1', 'azure/app:1'],
  ['cgr.dev/chainguard/go', 'cgr.dev/chainguard/go', 'chainguard/chainguard/go'],
  ['public.ecr.aws/docker/library/a', 'public.ecr.aws/docker/library/a', 'ecr-public/docker/library/a'],
  ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10', 'kubernetes/pause:3.10'],
  [`quay.io/a/b:1@${digest}`, `quay.io/a/b:1@${digest}`, `quay/a/b:1@${digest}`],
] as const
const given = images.map(([text]) => text)
const upstream = images.map(([, full]) => full)
const cached = images.map(([, , path]) => `${host}/${path}`)
/** What is told of the one that has a digest. */
const warningOfPin = `pullthrough: warning: quay.io/a/b:1@${digest}: ECR fetches nothing by digest, so that it pulls only once the cache has it by a tag\n`

describe('by the rules of the account', () => {
  test('images of all upstreams have names, which lead back to them', async () => {
    await makeRules('us-east-1', allRules)
    expect(await run(given)).toEqual({ ...answered(...cached), stderr: warningOfPin })
    expect(await run(['--reverse', ...cached])).toEqual(answered(...upstream))
    expect(await run(['--reverse', ...images.map(([, , path]) => path)])).toEqual(answered(...upstream))
  })

  test('asks who it is and for the rules, once, and changes nothing', async () => {
    await makeRules('us-east-1', allRules)
    await run(given)
    const asked = (await bench.requests()).map(({ operation, mutating }) => [operation, mutating])
    expect(asked.toSorted()).toEqual([
      ['DescribePullThroughCacheRules', false],
      ['GetCallerIdentity', false],
    ])
  })

  test('a rule is taken by its upstream, whatever its prefix is', async () => {
    await makeRules('us-east-1', { 'team/hub': 'registry-1.docker.io', 'docker-hub': 'ghcr.io' })
    expect(await run(['debian:12', 'ghcr.io/acme/widgets'])).toEqual(
      answered(`${host}/team/hub/library/debian:12`, `${host}/docker-hub/acme/widgets`),
    )
  })

  test('of several rules the usual one is taken, and that is told; --prefix takes another', async () => {
    await makeRules('us-east-1', {
      'docker-hub-dev': 'registry-1.docker.io',
      'docker-hub': 'registry-1.docker.io',
      'github-dev': 'ghcr.io',
      github: 'ghcr.io',
    })
    expect(await run(['debian', 'alpine'])).toEqual({
      code: 0,
      stdout: `${host}/docker-hub/library/debian\n${host}/docker-hub/library/alpine\n`,
      stderr:
        'pullthrough: warning: several rules in us-east-1 cache docker.io: docker-hub is taken, and --prefix docker.io=PREFIX takes another of docker-hub-dev\n',
    })
    const prefixes = ['--prefix', 'docker-hub-dev', '--prefix', 'ghcr.io=github-dev/']
    expect(await run(['debian', 'ghcr.io/a/b', ...prefixes])).toEqual(
      answered(`${host}/docker-hub-dev/library/debian`, `${host}/github-dev/a/b`),
    )
    expect((await json(['debian'])).answer).toMatchObject({
      images: [{ rule: 'docker-hub', otherRules: ['docker-hub-dev'] }],
    })
    expect(await run(['debian', '--prefix', 'hub'])).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'pullthrough: error: docker.io/library/debian: no pull-through cache rule in us-east-1 caches images of docker.io with the prefix hub; those there are cache docker.io (docker-hub), docker.io (docker-hub-dev), ghcr.io (github), ghcr.io (github-dev)\n' +
        'pullthrough: hint: run: pulumi up, for the stack that makes the rule in us-east-1 (new PullThroughCache); or pull it from where it is\n',
    })
  })

  test('every image is answered, and those without a name are told', async () => {
    await makeRules('us-east-1', { 'docker-hub': 'registry-1.docker.io' })
    const bad = ['Debian', 'quay.io/a/b', 'quay.io/a/c', 'gcr.io/a/b', 'Debian']
    const { code, stdout, stderr } = await run(['debian:12', ...bad, 'alpine'])
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `${host}/docker-hub/library/debian:12\n${host}/docker-hub/library/alpine\n`,
    })
    const lines = stderr.split('\n').map((line) => line.split(': ').slice(1, 3).join(': '))
    expect(lines).toEqual([
      'error: "Debian" is no image',
      'hint: write it as docker pull takes it',
      'error: quay.io/a/b',
      'hint: run',
      'error: quay.io/a/c',
      'error: gcr.io/a/b',
      'hint: pull it from there, or push a copy to a repository of your own',
      '',
    ])
  })

  test('--json has both names, and the reason where there is none', async () => {
    await makeRules('us-east-1', { 'docker-hub': 'registry-1.docker.io' })
    const debian = {
      region: 'us-east-1',
      image: 'docker.io/library/debian:12',
      cached: `${host}/docker-hub/library/debian:12`,
      rule: 'docker-hub',
    }
    expect(await json(['debian:12', 'Debian'])).toEqual({
      code: 1,
      answer: {
        version: 1,
        command: 'image',
        images: [
          { given: 'debian:12', ...debian },
          {
            given: 'Debian',
            region: 'us-east-1',
            refused: {
              reason: 'not-a-reference',
              message: '"Debian" is no image: the name of a repository has no upper-case letters',
              hint: 'write it as docker pull takes it: debian:12, ghcr.io/acme/widgets:1',
            },
          },
        ],
      },
    })
    expect(await json(['--reverse', 'docker-hub/library/debian:12'])).toEqual({
      code: 0,
      answer: {
        version: 1,
        command: 'image',
        images: [{ given: 'docker-hub/library/debian:12', ...debian }],
      },
    })
  })
})

describe('in several Regions', () => {
  const both = ['--region', 'us-east-1', '--region', 'eu-west-1']

  test('an image has a line for each, by the rules of each', async () => {
    await makeRules('us-east-1', { 'docker-hub': 'registry-1.docker.io', quay: 'quay.io' })
    await makeRules('eu-west-1', { hub: 'registry-1.docker.io' })
    const { code, stdout, stderr } = await run([...both, 'debian', 'quay.io/a/b'])
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `${host}/docker-hub/library/debian\n${hostIn('eu-west-1')}/hub/library/debian\n${host}/quay/a/b\n`,
    })
    expect(stderr).toContain(
      'error: quay.io/a/b: no pull-through cache rule in eu-west-1 caches images of quay.io; those there are cache docker.io (hub)\n',
    )
  })

  test('what leads back to the same image has one line', async () => {
    await makeRules('us-east-1', { 'docker-hub': 'registry-1.docker.io', own: 'quay.io' })
    await makeRules('eu-west-1', { 'docker-hub': 'registry-1.docker.io', own: 'ghcr.io' })
    expect(await run([...both, '--reverse', 'docker-hub/library/debian', 'own/a/b'])).toEqual(
      answered('docker.io/library/debian', 'quay.io/a/b', 'ghcr.io/a/b'),
    )
  })

  test('a URI is led back in its own alone, whatever the default is', async () => {
    await makeRules('us-east-1', { 'docker-hub': 'registry-1.docker.io', own: 'quay.io' })
    await makeRules('eu-west-1', { own: 'ghcr.io' })
    const uri = `${hostIn('eu-west-1')}/own/a/b:1`
    expect(await run(['--reverse', uri])).toEqual(answered('ghcr.io/a/b:1'))
    expect((await bench.requests()).filter(({ service }) => service === 'ecr')).toHaveLength(1)
    expect(await run(['--reverse', uri, 'docker-hub/library/debian', `${host}/own/a/b`])).toEqual(
      answered('ghcr.io/a/b:1', 'docker.io/library/debian', 'quay.io/a/b'),
    )
    expect(await run(['--reverse', uri, '--region', 'us-east-1'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `pullthrough: error: ${uri}: it is in the registry of ${account} in eu-west-1, and the rules are those of ${account} in us-east-1\npullthrough: hint: run it without --region, or with --region eu-west-1\n`,
    })
  })

  test('an image of the registry in another Region is one like those of any registry', async () => {
    await makeRules('us-east-1', { 'docker-hub': 'registry-1.docker.io' })
    await makeRules('eu-west-1', { 'docker-hub': 'registry-1.docker.io' })
    const image = `${hostIn('eu-west-1')}/docker-hub/library/debian`
    const { code, stdout, stderr } = await run([image])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(
      `no pull-through cache rule in us-east-1 caches images of ${hostIn('eu-west-1')};`,
    )
  })

  test('one that does not answer does not keep the other from it', async () => {
    await makeRules('us-east-1', { 'docker-hub': 'registry-1.docker.io' })
    const allowed = { Effect: 'Allow', Action: '*', Resource: '*' }
    const denied = {
      ...allowed,
      Effect: 'Deny',
      Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
    }
    const key = { accessKeyId: 'AKIABUILDER000000001', secretAccessKey: 'builder' }
    await bench.control('POST', '/aws/identities', {
      ...key,
      arn: `arn:aws:iam::${account}:user/builder`,
      policy: { Version: '2012-10-17', Statement: [allowed, denied] },
    })
    const env = { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey }
    const { code, stdout, stderr } = await run([...both, 'debian', 'alpine'], { env })
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `${host}/docker-hub/library/debian\n${host}/docker-hub/library/alpine\n`,
    })
    expect(stderr.match(/error: /g)).toHaveLength(1)
    expect(stderr).toContain('ecr:DescribePullThroughCacheRules')
    expect((await json([...both, 'debian'], { env })).answer).toMatchObject({
      images: [
        { rule: 'docker-hub' },
        { given: 'debian', region: 'eu-west-1', error: { code: 'ERR_DENIED' } },
      ],
    })
  })
})

describe('--offline', () => {
  const offline = ['--offline', '--account', '999999999999', '--region', 'eu-west-1']
  const there = '999999999999.dkr.ecr.eu-west-1.amazonaws.com'

  test('asks nothing, and takes the usual prefixes', async () => {
    const usual = images.filter(([text]) => !text.includes('azurecr'))
    const names = usual.map(([, , path]) => `${there}/${path}`)
    const env = { AWS_ACCESS_KEY_ID: undefined, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }
    await bench.control('DELETE', '/requests')
    expect(await run([...offline, ...usual.map(([text]) => text)], { env })).toEqual({
      ...answered(...names),
      stderr: warningOfPin,
    })
    expect(await run([...offline, '--reverse', ...names], { env })).toEqual(
      answered(...usual.map(([, full]) => full)),
    )
    expect(await bench.requests()).toEqual([])
  })

  test('takes prefixes that are given', async () => {
    const prefixes = ['--prefix', 'docker-hub-dev', '--prefix', 'acme.azurecr.io=azure']
    const named = [`${there}/docker-hub-dev/library/debian`, `${there}/azure/app`, `${there}/github/a/b`]
    const whole = ['docker.io/library/debian', 'acme.azurecr.io/app', 'ghcr.io/a/b']
    expect(await run([...offline, ...prefixes, ...whole])).toEqual(answered(...named))
    expect(await run([...offline, ...prefixes, '--reverse', ...named])).toEqual(answered(...whole))
  })

  test('needs an account', async () => {
    expect(await run(['--offline', 'debian'])).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'pullthrough: error: no AWS account is given, and --offline asks nobody\npullthrough: hint: name it: --account 123456789012\n',
    })
  })
})

describe('images on stdin', () => {
  const offline = ['--offline', '--account', account]

  test('come one a line, in the place of -, with any line ends', async () => {
    const stdin = '\uFEFFdebian:12\r\n\n  ghcr.io/a/b  \nalpine'
    expect(await run([...offline, 'busybox', '-', 'quay.io/a/b'], { stdin })).toEqual(
      answered(
        `${host}/docker-hub/library/busybox`,
        `${host}/docker-hub/library/debian:12`,
        `${host}/github/a/b`,
        `${host}/docker-hub/library/alpine`,
        `${host}/quay/a/b`,
      ),
    )
  })

  test.each([
    ['nothing', ''],
    ['blank lines', ' \n\r\n'],
    ['a terminal', undefined],
  ])('are missed if there is %s', async (_what, stdin) => {
    expect(await run([...offline, '-'], stdin === undefined ? {} : { stdin })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'pullthrough: error: no image is named\npullthrough: hint: pullthrough image debian:12, or one image a line on stdin: pullthrough image - < images.txt\n',
    })
  })

  test('are all answered, a hundred thousand bytes of them', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `acme/widgets-${index}:${index}`)
    const { code, stdout } = await run([...offline, '-'], { stdin: lines.join('\n') })
    expect(code).toBe(0)
    expect(stdout).toBe(lines.map((line) => `${host}/docker-hub/${line}\n`).join(''))
  })

  test('are all told, a hundred thousand that are none', async () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `X${index}`)
    const { code, stdout, stderr } = await run([...offline, '-'], { stdin: lines.join('\n') })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.match(/^pullthrough: error: "X\d+" is no image/gm)).toHaveLength(lines.length)
  })

  test('are refused as a whole if there are too many', async () => {
    expect(await run([...offline, '-'], { stdin: 'debian\n'.repeat(160_000) })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'pullthrough: error: more than 1 MiB came in on stdin\npullthrough: hint: give less at a time\n',
    })
  })

  test('cannot steer the terminal', async () => {
    const { code, stderr } = await run([...offline, '-'], { stdin: '\u001b[31mred\u202e\u0007' })
    expect(code).toBe(1)
    expect(stderr.split('\n')[0]).toMatch(/^pullthrough: error: [\x20-\x7e]+$/)
  })
})

describe('nothing is named', () => {
  const failing = async (argv: readonly string[], options: Parameters<Bench['run']>[1] = {}) => {
    const { code, answer } = await json(['debian', ...argv], options)
    return { code, answer }
  }
  const failure = (error: object, code = 1) => ({
    code,
    answer: { version: 1, command: 'image', images: [], error: expect.objectContaining(error) as object },
  })

  test('where no Region is', async () => {
    expect(await failing([], { env: { AWS_REGION: undefined } })).toEqual(
      failure({ code: 'ERR_USAGE', message: 'no AWS Region is given' }),
    )
  })

  test('in another account than --account says', async () => {
    expect(await failing(['--account', '999999999999'])).toEqual(
      failure({
        code: 'ERR_USAGE',
        message: `these AWS credentials are of account ${account}, not 999999999999 (arn:aws:iam::${account}:user/sandbox)`,
      }),
    )
  })

  test('where AWS does not know the caller', async () => {
    expect(await failing([], { env: { AWS_SECRET_ACCESS_KEY: 'wrong' } })).toEqual(
      failure({ code: 'ERR_UNAUTHENTICATED' }),
    )
  })

  test('after an interruption', async () => {
    expect(await failing([], { signal: AbortSignal.abort() })).toEqual(
      failure({ code: 'ERR_INTERRUPTED' }, 130),
    )
  })

  test('by an option that cannot be', async () => {
    expect(await failing(['--prefix', 'Hub'])).toEqual(failure({ code: 'ERR_USAGE' }))
  })
})

test('a token in the place of an image shows nowhere', async () => {
  const token = 'dckr_pat_canary_0123456789'
  for (const flags of [[], ['--json'], ['--reverse']]) {
    const { code, stdout, stderr } = await run(['--offline', '--account', account, token, ...flags])
    expect(code).toBe(1)
    expect(stdout + stderr).not.toContain('canary')
    expect(stderr).toContain('this looks like a token')
  }
})

test('the Region and the account may come from the config file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'pullthrough-image-'))
  try {
    await writeFile(join(directory, 'pullthrough.yaml'), `account: "000000000001"\nregion: eu-west-3\n`)
    expect(await run(['--offline', 'debian'], { cwd: directory })).toEqual({
      code: 0,
      stdout: '000000000001.dkr.ecr.eu-west-3.amazonaws.com/docker-hub/library/debian\n',
      stderr: `pullthrough: options come from ${join(directory, 'pullthrough.yaml')}\n`,
    })
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('the Region may come from the stack', async () => {
  const ofStack = await openBench({ 'aws:region': 'eu-west-3' })
  try {
    const flags = ['--offline', '--account', account]
    expect(await ofStack.run(['image', ...flags, 'debian'])).toEqual(
      answered(`${hostIn('eu-west-3')}/docker-hub/library/debian`),
    )
    expect(await ofStack.run(['image', ...flags, '--region', 'eu-west-1', 'debian'])).toEqual(
      answered(`${hostIn('eu-west-1')}/docker-hub/library/debian`),
    )
  } finally {
    await ofStack.close()
  }
})

test.each([
  ['x', 'No rule can have this prefix.'],
  ['docker_hub___dev', 'No rule can have this prefix.'],
  ['a'.repeat(31), 'No rule can have this prefix.'],
  ['ghcr.io=', 'No rule can have this prefix.'],
  ['gcr.io=google', 'ECR cannot cache that registry: it is named as in images, docker.io=PREFIX.'],
  ['=hub', 'ECR cannot cache that registry: it is named as in images, docker.io=PREFIX.'],
])('--prefix %s is refused', async (value, why) => {
  const { code, stderr } = await run(['debian', '--prefix', value])
  expect(code).toBe(1)
  expect(stderr).toContain(`argument '${value}' is invalid. ${why}\n`)
})

test.each([
  [['hub', 'docker.io=other'], 'There is one for docker.io already.'],
  [['hub', 'ghcr.io=hub/'], 'Another registry has it, and a prefix is that of one rule.'],
])('--prefix %j together is refused', async (values, why) => {
  const { code, stderr } = await run(['debian', ...values.flatMap((value) => ['--prefix', value])])
  expect(code).toBe(1)
  expect(stderr).toContain(why)
})
