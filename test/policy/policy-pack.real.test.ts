import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seeded } from '../cli/in-process.ts'
import { describeWithClients } from '../e2e/clients.ts'
import type { Outcome } from '../e2e/run-command.ts'
import { makeDockerHubSecret, secretName } from '../pulumi-engine/aws-account.ts'
import { openPulumiWorld, type PulumiWorld } from '../pulumi-engine/pulumi-world.ts'

const pack = ['--policy-pack', 'node_modules/pullthrough/policy']

describeWithClients('the policy pack in Pulumi’s engine', () => {
  let world: PulumiWorld
  let secretArn: string

  beforeEach(async () => {
    world = await openPulumiWorld()
    secretArn = await makeDockerHubSecret(world.env)
  })

  afterEach(async () => {
    await world.close()
  })

  async function write(program: string): Promise<void> {
    const indexTs = `import * as aws from '@pulumi/aws'\nimport * as pulumi from '@pulumi/pulumi'\n${program}`
    await world.writeProgram(world.project, { name: 'shop', indexTs, stacks: { dev: {} } })
  }

  const run = (command: string, ...args: readonly string[]) =>
    world.pulumi([...command.split(' '), '--stack', 'dev', ...pack, ...args])

  /** The violations that the CLI prints: level, policy and resource, and the line below its description. */
  function violations({ stdout }: Outcome): readonly string[] {
    return [...stdout.matchAll(/- \[(\w+)\] {2}(\S+) {2}\((.+)\)\n(?: {10}.*\n)*? {10}(.*)\n(?! {10})/g)].map(
      ([, level = '', policy = '', on = '', message = '']) => `${level} ${policy} (${on}) ${message}`,
    )
  }

  test('lets a stack look the secret up and make its rule, in preview and update', async () => {
    await write(`
      const { arn: credentialArn } = aws.secretsmanager.getSecretOutput({ name: '${secretName}' })
      aws.secretsmanager.Secret.get('read', '${secretArn}')
      const rule = new aws.ecr.PullThroughCacheRule('hub', {
        ecrRepositoryPrefix: 'docker-hub-dev', upstreamRegistryUrl: 'registry-1.docker.io', credentialArn,
      })
      new aws.ecr.RepositoryCreationTemplate('hub', {
        prefix: rule.ecrRepositoryPrefix, appliedFors: ['PULL_THROUGH_CACHE'],
      })
    `)
    for (const command of ['preview', 'up --yes --skip-preview', 'preview']) {
      const outcome = await run(command)
      expect(outcome, outcome.stdout).toMatchObject({ code: 0 })
      expect(outcome.stdout).toContain('✅ pullthrough@v')
      expect(violations(outcome)).toEqual([])
    }
    expect((await world.state()).aws['123456789012']?.['us-east-1']?.rules).toHaveLength(1)
  })

  const wrong = `
    const secret = new aws.secretsmanager.Secret('own', { name: 'ecr-pullthroughcache/other' })
    new aws.secretsmanager.SecretVersion('value', {
      secretId: secret.id,
      secretString: pulumi.secret(JSON.stringify({ username: 'sandbox', accessToken: '${seeded.token}' })),
    })
    new aws.ecr.PullThroughCacheRule('hub', { ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: 'registry-1.docker.io' })
    new aws.ecr.RepositoryCreationTemplate('all', { prefix: 'ROOT', appliedFors: ['PULL_THROUGH_CACHE'] })
  `

  test('stops a preview that would do wrong, and shows no credential', async () => {
    await write(wrong)
    const preview = await run('preview')
    expect(preview.code).not.toBe(0)
    expect([...violations(preview)].sort()).toEqual([
      "advisory shared-secret-is-referenced (aws:secretsmanager:SecretVersion: value) can't run policy 'shared-secret-is-referenced' from policy pack 'pullthrough@v0.1.0' during preview: string value at .secretId can't be known during preview",
      'mandatory docker-hub-rule-has-credential (aws:ecr:PullThroughCacheRule: hub) It caches docker-hub and has no credentialArn. Give it the ARN that aws.secretsmanager.getSecret finds.',
      'mandatory no-root-template (aws:ecr:RepositoryCreationTemplate: all) Its prefix is ROOT. Give it the ecrRepositoryPrefix of your cache rule.',
      'mandatory secret-value-stays-out (aws:secretsmanager:SecretVersion: value) secretString holds a Docker Hub access token.',
      'mandatory shared-secret-is-referenced (aws:secretsmanager:Secret: own) This is the secret ecr-pullthroughcache/other. Look the secret up with aws.secretsmanager.getSecret instead.',
    ])
    expect(preview.stdout + preview.stderr).not.toContain(seeded.token)
  })

  test('makes nothing of it in an update without a preview', async () => {
    await write(wrong)
    const before = (await world.state()).aws
    const up = await run('up --yes --skip-preview')
    expect(up.code).not.toBe(0)
    expect((await world.state()).aws).toEqual(before)
  })

  test('finds a credential that an invoke brought where it ends up', async () => {
    await write(`
      const { secretString } = aws.secretsmanager.getSecretVersionOutput({ secretId: '${secretName}' })
      export const leaked = pulumi.secret(secretString)
    `)
    const preview = await run('preview')
    expect(preview.code).not.toBe(0)
    expect(violations(preview)).toEqual([
      'mandatory secret-value-stays-out (pulumi:pulumi:Stack: shop-dev) The output leaked holds a Docker Hub access token.',
    ])
    expect(preview.stdout + preview.stderr).not.toContain(seeded.token)
  })

  test('does not see a version that is read, and finds it when it looks at the state', async () => {
    const { aws } = await world.state()
    const versionId = aws['123456789012']?.['us-east-1']?.secrets[0]?.versions[0]?.id ?? ''
    await write(`aws.secretsmanager.SecretVersion.get('read', '${secretArn}|${versionId}')`)
    const up = await run('up --yes --skip-preview')
    expect(up).toMatchObject({ code: 0 })
    expect(violations(up)).toEqual([])

    const analyzed = await run('policy analyze')
    expect(analyzed.code).not.toBe(0)
    expect(analyzed.stdout + analyzed.stderr).toContain(
      'The output secretString holds a Docker Hub access token.',
    )
    expect(analyzed.stdout + analyzed.stderr).not.toContain(seeded.token)
  })

  test('refuses to import the secret', async () => {
    await write(`new aws.secretsmanager.Secret('own', { name: '${secretName}' }, { import: '${secretArn}' })`)
    const preview = await run('preview')
    expect(preview.code).not.toBe(0)
    expect(violations(preview)).toEqual([
      `mandatory shared-secret-is-referenced (aws:secretsmanager:Secret: own) This is the secret ${secretName}. Look the secret up with aws.secretsmanager.getSecret instead.`,
    ])
  })

  test('comes too late for an import without a preview: the secret is in the state then, and still there', async () => {
    await write(`new aws.secretsmanager.Secret('own', { name: '${secretName}' }, { import: '${secretArn}' })`)
    expect((await run('up --yes --skip-preview')).code).not.toBe(0)
    const { resources } = await world.stateOf('dev')
    expect(resources.map(({ type, id }) => [type, id])).toContainEqual([
      'aws:secretsmanager/secret:Secret',
      secretArn,
    ])
    expect((await world.state()).aws['123456789012']?.['us-east-1']?.secrets).toHaveLength(1)
  })

  test('obeys the levels in a file of the user’s', async () => {
    await write(`
      new aws.ecr.RepositoryCreationTemplate('all', { prefix: 'ROOT', appliedFors: ['PULL_THROUGH_CACHE'] })
      export const allowed = pulumi.secret('${seeded.token}')
    `)
    const config = {
      'no-root-template': 'advisory',
      'secret-value-stays-out': { allowedTypes: ['pulumi:pulumi:Stack'] },
    }
    await writeFile(join(world.project, 'policy.json'), JSON.stringify(config))
    const preview = await run('preview', '--policy-pack-config', 'policy.json')
    expect(preview).toMatchObject({ code: 0 })
    expect(violations(preview)).toEqual([
      'advisory no-root-template (aws:ecr:RepositoryCreationTemplate: all) Its prefix is ROOT. Give it the ecrRepositoryPrefix of your cache rule.',
    ])
  })
})
