import {
  CreatePullThroughCacheRuleCommand,
  DeletePullThroughCacheRuleCommand,
  ECRClient,
} from '@aws-sdk/client-ecr'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeWithClients } from '../e2e/clients.ts'
import { blocksOf, pageAt } from '../markdown.ts'
import { openProgram, type Program, region } from './program.ts'
import { rulesIn, secretArnIn } from './rules.ts'

const registry = `123456789012.dkr.ecr.${region}.amazonaws.com`
const component = join(import.meta.dirname, '../../component')
const oneLine = "export const cache = new PullThroughCache('docker-hub')"

async function program(stacks?: readonly string[]): Promise<Program> {
  const opened = await openProgram(stacks)
  onTestFinished(() => opened.close())
  return opened
}

/** The one program among a page's examples that stands by itself. */
function wholeProgram(page: string): string {
  const [whole, ...others] = blocksOf(pageAt(page))
    .map(({ text }) => text.replaceAll(/^ {3}/gm, ''))
    .filter((text) => text.startsWith('import { PullThroughCache }'))
  if (whole === undefined || others.length > 0) throw new Error(`not one whole program in ${page}`)
  return whole
}

/** ECR as somebody with the AWS console has it. */
function consoleOf({ world }: Program): ECRClient {
  const { env } = world
  return new ECRClient({
    region,
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  })
}

describeWithClients('PullThroughCache, with the real engine', () => {
  test.each([
    ['README.md', { create: 3 }],
    ['docs/ECR_PULL_THROUGH_CACHE.md', { create: 3 }],
  ])('does what %s shows', async (page, changes) => {
    const block = wholeProgram(page)
    const { write, up, output } = await program()
    await write(block.replace(/^import { PullThroughCache }.*$/m, ''))
    expect(await up()).toEqual(changes)
    expect(await output('image')).toBe(`${registry}/docker-hub-dev/library/debian:bookworm-slim`)
    // Where the page shows what it comes to, it is that.
    expect([`// ${await output('image')}`, undefined]).toContain(/^\/\/ .*/m.exec(block)?.[0])
  })

  test('makes way for another upstream under the same prefix', async () => {
    const { world, write, up } = await program()
    await write("new PullThroughCache('cache', { prefix: 'cache' })")
    expect(await up()).toEqual({ create: 3 })
    await write("new PullThroughCache('cache', { prefix: 'cache', upstream: 'ecr-public' })")
    expect(await up()).toEqual({ same: 1, update: 1, replace: 1 })
    expect(rulesIn(await world.state(), region)).toEqual([['cache', 'public.ecr.aws', null]])
  })

  test('takes over a rule made by hand, keeps it while it does, and owns it afterwards', async () => {
    const opened = await program(['dev', 'other'])
    const { world, write, up, pulumi } = opened
    const credentialArn = secretArnIn(await world.state(), region)
    await consoleOf(opened).send(
      new CreatePullThroughCacheRuleCommand({
        ecrRepositoryPrefix: 'docker-hub',
        upstreamRegistryUrl: 'registry-1.docker.io',
        credentialArn,
      }),
    )
    const byHand = rulesIn(await world.state(), region)

    await write("new PullThroughCache('docker-hub', { adopt: true })")
    expect(await up()).toEqual({ create: 2, import: 1 })
    expect(await up()).toEqual({ same: 3 })
    // Another stack may do the same: when it goes, the rule stays.
    expect(await up('other')).toEqual({ create: 2, import: 1 })
    expect(await pulumi('destroy', '--yes', '--skip-preview', '--stack', 'other')).toMatchObject({ code: 0 })
    expect(rulesIn(await world.state(), region)).toEqual(byHand)

    await write("new PullThroughCache('docker-hub', { shared: true })")
    expect(await up()).toEqual({ same: 2, update: 1 })
    expect(rulesIn(await world.state(), region)).toEqual(byHand)
    expect(await pulumi('destroy', '--yes', '--skip-preview', '--stack', 'dev')).toMatchObject({ code: 0 })
    expect(rulesIn(await world.state(), region)).toEqual([])
  })

  test('takes on the rule that the program made before without it', async () => {
    const { world, write, up } = await program()
    await write(`
      const secret = aws.secretsmanager.getSecretOutput({ name: 'ecr-pullthroughcache/docker-hub' })
      new aws.ecr.PullThroughCacheRule('docker-hub', {
        ecrRepositoryPrefix: 'docker-hub',
        upstreamRegistryUrl: 'registry-1.docker.io',
        credentialArn: secret.arn,
      })`)
    expect(await up()).toEqual({ create: 2 })
    await write("new PullThroughCache('docker-hub', { shared: true })")
    expect(await up()).toEqual({ create: 1, same: 2 })
    expect(rulesIn(await world.state(), region)).toHaveLength(1)
  })

  test('gives a stack of 60 characters a prefix that ECR takes, and keeps it', async () => {
    const stack = `preview-of-${'x'.repeat(49)}`
    const { world, write, up } = await program([stack])
    await write(oneLine)
    expect(await up()).toEqual({ create: 3 })
    const rules = rulesIn(await world.state(), region)
    expect(rules).toHaveLength(1)
    expect(String(rules[0]?.[0])).toMatch(/^docker-hub-preview-of-[0-9a-f]{8}$/)
    expect(await up()).toEqual({ same: 3 })
  })

  test('uses a rule of another stack, and says what is wrong with it', async () => {
    const opened = await program(['main', 'dev'])
    const { world, write, up, upFails, sync } = opened
    await write("new PullThroughCache('docker-hub', { existing: true })")
    expect(await upFails('dev')).toContain(`there is no pull-through cache rule docker-hub in ${region}`)

    await write("new PullThroughCache('docker-hub', { shared: true })")
    await up('main')
    await write(`
      const cache = new PullThroughCache('docker-hub', { existing: true })
      export const image = cache.image('debian:12')`)
    // The failed run had made the component already.
    expect(await up('dev')).toEqual({ same: 2 })
    expect(await opened.output('image', 'dev')).toBe(`${registry}/docker-hub/library/debian:12`)

    // The secret is made anew, and main has not been deployed since.
    const old = secretArnIn(await world.state(), region)
    const gone = ['secretsmanager', 'delete-secret', '--secret-id', 'ecr-pullthroughcache/docker-hub']
    await world.aws(['--region', region, ...gone, '--force-delete-without-recovery'])
    await sync()
    const current = secretArnIn(await world.state(), region)
    expect(await upFails('dev')).toContain(`the rule docker-hub in ${region} uses ${old}, not ${current}`)

    const ecr = consoleOf(opened)
    await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'docker-hub' }))
    await ecr.send(
      new CreatePullThroughCacheRuleCommand({
        ecrRepositoryPrefix: 'docker-hub',
        upstreamRegistryUrl: 'public.ecr.aws',
      }),
    )
    expect(await upFails('dev')).toContain(
      `the rule docker-hub in ${region} caches public.ecr.aws, not registry-1.docker.io`,
    )
  })

  test.each([
    [
      'is scheduled for deletion',
      ['delete-secret', '--recovery-window-in-days', '7'],
      `the secret ecr-pullthroughcache/docker-hub in ${region} is scheduled for deletion (DeletedDate `,
      `run: pullthrough sync --restore --region ${region}`,
    ],
    [
      'is under a key of the customer’s',
      [
        'update-secret',
        '--kms-key-id',
        'arn:aws:kms:us-east-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      ],
      'and ECR takes the AWS managed key only',
      'update-secret --secret-id ecr-pullthroughcache/docker-hub --kms-key-id alias/aws/secretsmanager',
    ],
  ])('fails if the secret %s, and says so', async (_, [command = '', ...rest], cause, fix) => {
    const { world, write, upFails } = await program()
    const changed = await world.aws([
      ...['--region', region, 'secretsmanager', command],
      ...['--secret-id', 'ecr-pullthroughcache/docker-hub', ...rest],
    ])
    expect(changed).toMatchObject({ code: 0 })
    await write(oneLine)
    const said = await upFails()
    expect(said).toContain(cause)
    expect(said).toContain(fix)
    expect(rulesIn(await world.state(), region)).toEqual([])
  })

  test('does not take a denied lookup for an absent secret', async () => {
    const { world, write, upFails } = await program()
    await world.control('POST', '/faults', {
      service: 'secretsmanager',
      operation: 'DescribeSecret',
      times: 'always',
      fault: { kind: 'deny' },
    })
    await write(oneLine)
    const said = await upFails()
    expect(said).toContain(`the secret ecr-pullthroughcache/docker-hub in ${region} could not be looked up`)
    expect(said).toContain('the AWS credentials need secretsmanager:DescribeSecret')
    expect(said).not.toContain('there is no secret')
  })

  test('does not take a denied rule for an absent one', async () => {
    const { world, write, upFails } = await program()
    await world.control('POST', '/faults', {
      service: 'ecr',
      operation: 'DescribePullThroughCacheRules',
      times: 'always',
      fault: { kind: 'deny' },
    })
    await write("new PullThroughCache('docker-hub', { existing: true })")
    const said = await upFails()
    expect(said).toContain('AccessDenied')
    expect(said).not.toContain('there is no pull-through cache rule')
  })

  test('hands a rule over to another stack, by way of adopt', async () => {
    const { world, write, up, pulumi } = await program(['main', 'dev'])
    await write("new PullThroughCache('docker-hub', { shared: true })")
    await up('main')
    const rules = rulesIn(await world.state(), region)
    await write("new PullThroughCache('docker-hub', { adopt: true })")
    await up('main')
    await up('dev')
    await write("new PullThroughCache('docker-hub', { existing: true })")
    expect(await up('main')).toMatchObject({ delete: 1 })
    expect(rulesIn(await world.state(), region)).toEqual(rules)
    await write("new PullThroughCache('docker-hub', { shared: true })")
    expect(await up('dev')).toEqual({ same: 2, update: 1 })
    expect(await pulumi('destroy', '--yes', '--skip-preview', '--stack', 'main')).toMatchObject({ code: 0 })
    expect(rulesIn(await world.state(), region)).toEqual(rules)
  })

  test('leaves a rule of the program’s in another Region alone', async () => {
    const { world, write, up } = await program()
    const plain = `
      new aws.ecr.PullThroughCacheRule('docker-hub', {
        ecrRepositoryPrefix: 'public',
        upstreamRegistryUrl: 'public.ecr.aws',
      })`
    await write(plain)
    await up()
    await write(
      `new PullThroughCache('docker-hub', { upstream: 'ecr-public', prefix: 'public', region: 'eu-west-1' })\n${plain}`,
    )
    expect(await up()).toEqual({ create: 2, same: 2 })
    const state = await world.state()
    const expected = [['public', 'public.ecr.aws', null]]
    expect([rulesIn(state, region), rulesIn(state, 'eu-west-1')]).toEqual([expected, expected])
  })

  test('makes a template for its own prefix, which changes in place and goes with it', async () => {
    const { world, write, up, pulumi } = await program()
    const templates = async () =>
      Object.values((await world.state()).aws)
        .flatMap((regions) => regions[region]?.templates ?? [])
        .map(({ prefix, appliedFor, description, lifecyclePolicy }) => [
          prefix,
          appliedFor,
          description,
          typeof lifecyclePolicy === 'string' ? (JSON.parse(lifecyclePolicy) as unknown) : undefined,
        ])
    await write("new PullThroughCache('docker-hub', { repositories: { description: 'Docker Hub' } })")
    expect(await up()).toEqual({ create: 4 })
    expect(await templates()).toEqual([['docker-hub-dev', ['PULL_THROUGH_CACHE'], 'Docker Hub', undefined]])
    await write("new PullThroughCache('docker-hub', { repositories: { expireUntaggedAfterDays: 30 } })")
    expect(await up()).toMatchObject({ same: 2 })
    expect(await templates()).toMatchObject([
      [
        'docker-hub-dev',
        ['PULL_THROUGH_CACHE'],
        expect.anything(),
        { rules: [{ selection: { tagStatus: 'untagged', countNumber: 30 } }] },
      ],
    ])
    expect(await up()).toEqual({ same: 4 })
    await pulumi('destroy', '--yes', '--skip-preview', '--stack', 'dev')
    expect(await templates()).toEqual([])
  })

  test('is a package whose schema the CLI reads, from a project with a tsconfig.json of its own', async () => {
    const { pulumi } = await program()
    const { code, stdout, stderr } = await pulumi('package', 'get-schema', component)
    expect({ code, stderr: stderr.replace(/^warning: .*\n/gm, '') }).toEqual({ code: 0, stderr: '' })
    const { name, resources } = JSON.parse(stdout) as { name: string; resources: object }
    expect({ name, resources: Object.keys(resources) }).toEqual({
      name: 'pullthrough',
      resources: ['pullthrough:index:PullThroughCache'],
    })
  })
})
