import { expect, test } from 'vitest'
import { isEnvironmentSet, openEnvironment } from '../../src/sources/environment.ts'
import { failureOf, worldIn } from './scene.ts'

const open = (env: Readonly<Record<string, string>>) => openEnvironment(worldIn('/', env))

test('reads the pair from the two variables', async () => {
  const source = open({ DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: 'tok$(id)"\n\\x' })
  expect({ ...source, credential: undefined }).toEqual({
    kind: 'env',
    description: 'the environment (DOCKER_HUB_USERNAME, DOCKER_HUB_TOKEN)',
    region: undefined,
    warnings: [],
    credential: undefined,
  })
  const { upstream, username, token } = await source.credential()
  expect([upstream, username, token.reveal()]).toEqual(['docker-hub', 'sandbox', 'tok$(id)"\n\\x'])
})

const empty =
  'GitHub gives empty secrets to pull requests from forks and to Dependabot: skip this step there, or add the pair to the Dependabot secrets'

test.each([
  [
    {},
    'DOCKER_HUB_USERNAME is not set and DOCKER_HUB_TOKEN is not set',
    'set DOCKER_HUB_USERNAME and DOCKER_HUB_TOKEN',
  ],
  [
    { DOCKER_HUB_USERNAME: 'sandbox' },
    'DOCKER_HUB_TOKEN is not set, so half of the pair is missing',
    'set DOCKER_HUB_TOKEN',
  ],
  [
    { DOCKER_HUB_TOKEN: 'canary' },
    'DOCKER_HUB_USERNAME is not set, so half of the pair is missing',
    'set DOCKER_HUB_USERNAME',
  ],
  [
    { DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: '' },
    'DOCKER_HUB_TOKEN is empty, so half of the pair is missing',
    empty,
  ],
  [
    { DOCKER_HUB_USERNAME: '', DOCKER_HUB_TOKEN: '' },
    'DOCKER_HUB_USERNAME is empty and DOCKER_HUB_TOKEN is empty',
    empty,
  ],
  [{ DOCKER_HUB_TOKEN: '' }, 'DOCKER_HUB_USERNAME is not set and DOCKER_HUB_TOKEN is empty', empty],
])('calls missing what is missing in %j', async (env, message, hint) => {
  expect(await failureOf(() => open(env))).toEqual({ code: 'ERR_CREDENTIAL_MISSING', message, hint })
})

test.each([
  [
    { DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: 'canary\n' },
    'DOCKER_HUB_TOKEN ends with a line break',
  ],
  [
    { DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: 'your_token' },
    'DOCKER_HUB_TOKEN is a placeholder, not a real value',
  ],
  [
    { DOCKER_HUB_USERNAME: ' sandbox', DOCKER_HUB_TOKEN: 'canary' },
    'DOCKER_HUB_USERNAME begins with a space',
  ],
])('refuses a value that cannot be right in %j', async (env, message) => {
  expect(await failureOf(() => open(env))).toMatchObject({ code: 'ERR_CREDENTIAL_INVALID', message })
})

test.each([
  [{}, false],
  [{ DOCKER_HUB_USERNAME: 'sandbox' }, false],
  [{ DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: 'x' }, true],
  [{ DOCKER_HUB_USERNAME: '', DOCKER_HUB_TOKEN: '' }, true],
])('knows whether both variables are there in %j', (env, isSet) => {
  expect(isEnvironmentSet(worldIn('/', env))).toBe(isSet)
})
