import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { passphraseEncryption, writePulumiProject } from '../../demo/pulumi-project.js'
import { openSource, type SourceOptions } from '../../src/sources/index.ts'
import { failureOf, scene, worldIn } from './scene.ts'

const pair = { DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: 'canary' }
const environment = 'the environment (DOCKER_HUB_USERNAME, DOCKER_HUB_TOKEN)'
const stack = 'stack dev of project acme-infra (Pulumi.dev.yaml)'
const encryption = await passphraseEncryption('pw')

/** Open a source where a project is, or is not. */
async function open(
  where: 'project' | 'nothing',
  env: Readonly<Record<string, string>>,
  options: SourceOptions = {},
) {
  const { directory } = await scene()
  if (where === 'project') {
    const config = { dockerHubUsername: 'sandbox', dockerHubToken: { secret: 'canary' } }
    await writePulumiProject(directory, {
      project: 'acme-infra',
      stack: 'dev',
      passphrase: 'pw',
      encryption,
      config,
    })
  }
  return openSource(options, worldIn(directory, env))
}

describe('the source is', () => {
  test.each([
    ['Pulumi config where there is a project', 'project', {}, {}, stack],
    ['Pulumi config in CI too, the variables set or not', 'project', { CI: 'true', ...pair }, {}, stack],
    ['Pulumi config when asked for', 'project', { CI: 'true', ...pair }, { source: 'pulumi' }, stack],
    ['the environment when asked for', 'project', pair, { source: 'env' }, environment],
    ['the environment when asked for, without CI', 'nothing', pair, { source: 'env' }, environment],
    ['the environment in CI without a project', 'nothing', { CI: 'true', ...pair }, {}, environment],
    ['the environment in CI of any name', 'nothing', { CI: 'woodpecker', ...pair }, {}, environment],
  ] as const)('%s', async (_what, where, env, options, description) => {
    expect(await open(where, env, options)).toMatchObject({ description })
  })
})

describe('there is no source', () => {
  test.each([
    ['without a project', {}, {}],
    ['without CI, the variables set or not', pair, {}],
    ['in a CI that is false', { CI: 'false', ...pair }, {}],
    ['in a CI that is empty', { CI: '', ...pair }, {}],
    ['in CI with half a pair', { CI: 'true', DOCKER_HUB_TOKEN: 'canary' }, {}],
    ['when Pulumi config is asked for', { CI: 'true', ...pair }, { source: 'pulumi' as const }],
  ])('%s', async (_what, env, options) => {
    const { directory, world } = await scene({}, env)
    expect(await failureOf(() => openSource(options, world))).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: `no Pulumi project (Pulumi.yaml) in ${directory}, nor in ${join(directory, 'infrastructure')}, nor in the directories above`,
      hint: 'name its directory with --cwd, or read DOCKER_HUB_USERNAME and DOCKER_HUB_TOKEN with --source env',
    })
  })

  test('in the directory that --cwd names', async () => {
    const { directory, world } = await scene({ 'infrastructure/Pulumi.yaml': 'name: p\n', 'a/x': '' })
    expect(await failureOf(() => openSource({ cwd: 'a' }, world))).toMatchObject({
      message: `no Pulumi project (Pulumi.yaml) in ${directory}/a and above`,
    })
  })
})

test('explains the empty secrets of forks in CI', async () => {
  const env = { CI: 'true', DOCKER_HUB_USERNAME: '', DOCKER_HUB_TOKEN: '' }
  expect(await failureOf(() => open('nothing', env))).toMatchObject({
    code: 'ERR_CREDENTIAL_MISSING',
    message: 'DOCKER_HUB_USERNAME is empty and DOCKER_HUB_TOKEN is empty',
  })
})

test('passes the stack and the keys on', async () => {
  const { directory } = await scene()
  const config = { hub: { user: 'sandbox', token: { secret: 'canary' } } }
  await writePulumiProject(join(directory, 'x'), {
    project: 'p',
    stack: 'prod',
    passphrase: 'pw',
    encryption,
    config,
  })
  const options = { cwd: 'x', stack: 'prod', usernameKey: 'hub.user', tokenKey: 'hub.token' }
  const source = await openSource(options, worldIn(directory, { PULUMI_CONFIG_PASSPHRASE: 'pw' }))
  expect(source.description).toBe('stack prod of project p (x/Pulumi.prod.yaml)')
  const { upstream, username, token } = await source.credential()
  expect([upstream, username, token.reveal()]).toEqual(['docker-hub', 'sandbox', 'canary'])
})
