import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { seeded } from '../cli/in-process.ts'
import { describeWithClients } from '../e2e/clients.ts'
import { clientOf, makeDockerHubSecret, makeRule, secretName } from './aws-account.ts'
import { inPulumiWorld, type PulumiWorld } from './pulumi-world.ts'

const account = '123456789012'

/** Written with the provider alone, as somebody would without our component. */
const indexTs = `
import { PullThroughCacheRule } from '@pulumi/aws/ecr/pullThroughCacheRule'
import { RepositoryCreationTemplate } from '@pulumi/aws/ecr/repositoryCreationTemplate'
import { getSecretOutput } from '@pulumi/aws/secretsmanager/getSecret'
import { Config } from '@pulumi/pulumi'

const config = new Config()
const secret = getSecretOutput({ name: '${secretName}' })
const rule = new PullThroughCacheRule('hub', {
  ecrRepositoryPrefix: 'docker-hub',
  upstreamRegistryUrl: config.get('upstream') ?? 'registry-1.docker.io',
  credentialArn: secret.arn,
}, { deleteBeforeReplace: config.getBoolean('deleteFirst') ?? false })
new RepositoryCreationTemplate('hub', {
  prefix: rule.ecrRepositoryPrefix,
  appliedFors: ['PULL_THROUGH_CACHE'],
})
export const registryId = rule.registryId
`

/** What the tests do all the time. */
const commands = (world: PulumiWorld) => ({
  up: (...more: readonly string[]) =>
    world.pulumi(['up', '--yes', '--skip-preview', '--stack', 'dev', ...more]),
  setConfig: (key: string, value: string) =>
    world.pulumiSucceeds(['config', 'set', key, value, '--stack', 'dev']),
  rules: async (region = 'us-east-1') => (await world.state()).aws[account]?.[region]?.rules ?? [],
})

describeWithClients('the real Pulumi CLI, in front of the sandbox', { concurrent: true }, () => {
  test('runs a program from its first preview to its destruction', () =>
    inPulumiWorld(async (world) => {
      const { up, setConfig, rules } = commands(world)
      await world.writeProgram(world.project, { name: 'acme', indexTs, stacks: { dev: {} } })

      const absent = await world.pulumi(['preview', '--stack', 'dev'])
      expect(absent.code).not.toBe(0)
      expect(absent.stdout).toContain(
        'invocation of aws:secretsmanager/getSecret:getSecret returned an error: ' +
          'invoking aws:secretsmanager/getSecret:getSecret: 1 error occurred:',
      )
      expect(absent.stdout).toContain(
        `* reading Secrets Manager Secret (${secretName}): couldn't find resource`,
      )

      const credentialArn = await makeDockerHubSecret(world.sandbox.env)
      const preview = await world.pulumiSucceeds(['preview', '--stack', 'dev'])
      expect(preview).toContain('+ 3 to create')
      expect(preview).toContain('registryId: [unknown]')
      expect(await rules()).toEqual([])

      expect((await up()).stdout).toContain('+ 3 created')
      expect(await rules()).toMatchObject([{ ecrRepositoryPrefix: 'docker-hub', credentialArn }])
      const { text, resources } = await world.stateOf('dev')
      expect(text).not.toContain(seeded.token)
      expect(resources.map(({ type, id }) => [type, id])).toEqual([
        ['pulumi:pulumi:Stack', undefined],
        ['pulumi:providers:aws', expect.any(String)],
        ['aws:ecr/pullThroughCacheRule:PullThroughCacheRule', 'docker-hub'],
        ['aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate', 'docker-hub'],
      ])
      expect(resources[2]?.outputs).toEqual({
        id: 'docker-hub',
        credentialArn,
        ecrRepositoryPrefix: 'docker-hub',
        region: 'us-east-1',
        registryId: account,
        upstreamRegistryUrl: 'registry-1.docker.io',
      })

      expect(await up('--expect-no-changes', '--refresh')).toMatchObject({ code: 0 })

      // The secret is made anew: its ARN ends in other characters, and the rule follows in place.
      const client = clientOf(world.sandbox.env)
      await client.send(new DeleteSecretCommand({ SecretId: secretName, ForceDeleteWithoutRecovery: true }))
      client.destroy()
      const renewed = await makeDockerHubSecret(world.sandbox.env)
      const [before] = await rules()
      expect((await up()).stdout).toContain('~ 1 updated')
      const [after] = await rules()
      expect(after).toMatchObject({ credentialArn: renewed, createdAt: before?.['createdAt'] })

      // Another host under the same prefix, and a template that follows the rule: the new rule meets the old one, unless that goes first.
      await setConfig('upstream', 'ghcr.io')
      const collision = await up()
      expect(collision.code).not.toBe(0)
      expect(collision.stdout).toContain('PullThroughCacheRuleAlreadyExistsException')
      expect(await rules()).toEqual([after])
      await setConfig('deleteFirst', 'true')
      expect((await up()).stdout).toContain('+-2 replaced')
      expect(await rules()).toMatchObject([{ upstreamRegistryUrl: 'ghcr.io', credentialArn: renewed }])

      const destroyed = await world.pulumiSucceeds(['destroy', '--yes', '--skip-preview', '--stack', 'dev'])
      expect(destroyed).toContain('deleted')
      expect(await rules()).toEqual([])
    }))

  test('imports a rule that was made by hand', () =>
    inPulumiWorld(async (world) => {
      const { up, rules } = commands(world)
      const credentialArn = await makeDockerHubSecret(world.sandbox.env)
      await makeRule(world.sandbox.env, {
        ecrRepositoryPrefix: 'docker-hub',
        upstreamRegistryUrl: 'registry-1.docker.io',
        credentialArn,
      })
      await world.writeProgram(world.project, { name: 'acme', indexTs, stacks: { dev: {} } })

      const type = 'aws:ecr/pullThroughCacheRule:PullThroughCacheRule'
      const importing = ['import', '--yes', '--skip-preview', '--stack', 'dev', '--generate-code=false']
      const missing = await world.pulumi([...importing, type, 'other', 'quay'])
      expect(missing.code).not.toBe(0)
      expect(missing.stdout).toContain("resource 'quay' does not exist")
      await world.pulumiSucceeds([...importing, '--protect=false', type, 'hub', 'docker-hub'])

      expect((await up()).stdout).toContain('1 unchanged')
      expect(await rules()).toHaveLength(1)
    }))

  test('puts resources where the stack, a provider and the resource say', () =>
    inPulumiWorld(async (world) => {
      const { up, setConfig, rules } = commands(world)
      const quay = "upstreamRegistryUrl: 'quay.io'"
      await world.writeProgram(world.project, {
        name: 'acme',
        indexTs: `
import { PullThroughCacheRule } from '@pulumi/aws/ecr/pullThroughCacheRule'
import { Provider } from '@pulumi/aws/provider'
const provider = new Provider('there', { region: 'eu-central-1' })
new PullThroughCacheRule('a', { ecrRepositoryPrefix: 'by-stack', ${quay} })
new PullThroughCacheRule('b', { ecrRepositoryPrefix: 'by-provider', ${quay} }, { provider })
new PullThroughCacheRule('c', { ecrRepositoryPrefix: 'by-resource', ${quay}, region: 'ap-south-1' }, { provider })
`,
        stacks: { dev: { 'aws:region': 'eu-west-1' } },
      })
      await up()
      const prefixes = async (region: string) =>
        (await rules(region)).map(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix)
      expect([
        await prefixes('us-east-1'),
        await prefixes('eu-west-1'),
        await prefixes('eu-central-1'),
        await prefixes('ap-south-1'),
      ]).toEqual([[], ['by-stack'], ['by-provider'], ['by-resource']])

      // The stack moves: what the default provider made is made in the new Region, and goes from the old.
      await setConfig('aws:region', 'eu-north-1')
      await up()
      expect([await prefixes('eu-west-1'), await prefixes('eu-north-1')]).toEqual([[], ['by-stack']])
    }))

  test.each<[what: string, env: Readonly<Record<string, string | undefined>>, words: string]>([
    ['credentials', { AWS_ACCESS_KEY_ID: undefined }, 'No valid credential sources found.'],
    ['credentials that AWS knows', { AWS_ACCESS_KEY_ID: 'AKIAWRONG' }, 'Invalid credentials configured.'],
    ['a Region', { AWS_REGION: undefined }, 'Missing region information'],
  ])('says so without %s', (_, env, words) =>
    inPulumiWorld(async (world) => {
      await world.writeProgram(world.project, { name: 'acme', indexTs, stacks: { dev: {} } })
      const { code, stdout } = await world.pulumi(['preview', '--stack', 'dev'], { env })
      expect(code).not.toBe(0)
      expect(stdout).toContain(
        `error: pulumi:providers:aws resource 'default_7_48_0' has a problem: ${words}`,
      )
    }),
  )
})
