import { SecretVersion } from '@pulumi/aws/secretsmanager/secretVersion.js'
import { output } from '@pulumi/pulumi'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { refuseSecretValue } from '../../src/policy/refuse-secret-value.ts'
import { seeded } from '../cli/in-process.ts'
import { describeWithClients } from '../e2e/clients.ts'
import { makeDockerHubSecret, secretName } from '../pulumi-engine/aws-account.ts'
import { openPulumiWorld, type PulumiWorld } from '../pulumi-engine/pulumi-world.ts'

describeWithClients('a program that refuses to read the value', () => {
  let world: PulumiWorld
  let secretArn: string

  beforeEach(async () => {
    world = await openPulumiWorld()
    secretArn = await makeDockerHubSecret(world.env)
  })

  afterEach(async () => {
    await world.close()
  })

  /** What the preview of a program says, and whether it asked for the value. */
  async function preview(program: string) {
    await world.writeProgram(world.project, {
      name: 'shop',
      indexTs: `
        import { secretsmanager, ssm } from '@pulumi/aws'
        import { ComponentResource, secret } from '@pulumi/pulumi'
        import { refuseSecretValue } from 'pullthrough/pulumi'
        class Widget extends ComponentResource {
          constructor(name: string) { super('shop:index:Widget', name) }
        }
        refuseSecretValue()
        ${program}
      `,
      stacks: { dev: {} },
    })
    await world.control('DELETE', '/requests')
    const { code, stdout, stderr } = await world.pulumi(['preview', '--stack', 'dev'])
    expect(stdout + stderr).not.toContain(seeded.token)
    const requests = (await world.control('GET', '/requests')) as readonly { operation: string }[]
    return { code, stdout, asked: requests.some(({ operation }) => operation === 'GetSecretValue') }
  }

  test.each<readonly [string, (arn: string) => string, (arn: string) => string]>([
    [
      'getSecretVersion by name',
      () => `export const it = secretsmanager.getSecretVersion({ secretId: '${secretName}' })`,
      () => secretName,
    ],
    [
      'getSecretVersion by ARN',
      (arn) => `export const it = secretsmanager.getSecretVersion({ secretId: '${arn}' })`,
      (arn) => arn,
    ],
    [
      'getSecretVersionOutput of a name that is marked as secret',
      () => `export const it = secretsmanager.getSecretVersionOutput({ secretId: secret('${secretName}') })`,
      () => secretName,
    ],
    [
      'SecretVersion.get',
      (arn) => `secretsmanager.SecretVersion.get('read', '${arn}|AWSCURRENT')`,
      (arn) => `${arn}|AWSCURRENT`,
    ],
    [
      'SecretVersion.get in a component',
      () =>
        `secretsmanager.SecretVersion.get('read', '${secretName}|1', {}, { parent: new Widget('widget') })`,
      () => `${secretName}|1`,
    ],
    [
      'Parameter Store',
      () =>
        `export const it = ssm.getParameterOutput({ name: '/aws/reference/secretsmanager/${secretName}' })`,
      () => secretName,
    ],
  ])('fails at %s, before AWS is asked', async (_, program, named) => {
    const { code, stdout, asked } = await preview(program(secretArn))
    expect({ failed: code !== 0, asked }).toEqual({ failed: true, asked: false })
    expect(stdout).toContain(
      `the value of ${named(secretArn)} is for ECR alone, and a program that reads it writes it into its state; a rule needs only the ARN, which aws.secretsmanager.getSecret finds`,
    )
  })

  test('fails at SecretVersion.get by an output, too', async () => {
    const stack = await world.automation('shop', 'dev', () => {
      refuseSecretValue()
      SecretVersion.get('read', output(`${secretArn}|AWSCURRENT`))
      return Promise.resolve()
    })
    await expect(stack.preview({ color: 'never' })).rejects.toThrow(
      `the value of ${secretArn}|AWSCURRENT is for ECR alone`,
    )
  })

  test('may look the secret up, and read other secrets', async () => {
    const other = await makeDockerHubSecret(world.env, { name: 'database' })
    const { code, stdout, asked } = await preview(`
      secretsmanager.getSecretOutput({ name: '${secretName}' })
      const { versionId } = secretsmanager.getSecretVersionOutput({ secretId: 'database' })
      secretsmanager.SecretVersion.get('read', versionId.apply((id) => '${other}|' + id))
      secretsmanager.Secret.get('hub', '${secretArn}')
    `)
    expect({ code, asked }, stdout).toEqual({ code: 0, asked: true })
  })
})
