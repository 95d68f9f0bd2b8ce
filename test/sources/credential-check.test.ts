import { describe, expect, test } from 'vitest'
import type { PullthroughError } from '../../src/errors.ts'
import { Secret } from '../../src/secret.ts'
import { checkCredential } from '../../src/sources/credential-check.ts'
import { failureOf } from './scene.ts'

const goodToken = 'dckr_pat_UmBPxD-7hnoaNFsKFNk4aJoNDSg'

function check(username: string, token: string) {
  return checkCredential(
    { name: 'USER', value: username, remedy: 'set USER' },
    { name: 'TOKEN', value: new Secret(token), remedy: 'set TOKEN' },
  )
}

describe('passes byte for byte', () => {
  test.each([
    goodToken,
    'dckr_oat_UmBPxD-7hnoaNFsKFNk4aJoNDSg',
    'dckr_pat_sandbox_0123456789abcdefghi',
    'dckr_pat_EXAMPLE-not-real',
    '1f0c2d3e-4b5a-6978-8796-a5b4c3d2e1f0',
    'correct horse battery staple',
    'quote"inside',
    "single'quote",
    'back\\slash\\n',
    'dollar$(id)${HOME}`id`',
    '${HOME}',
    '$(cat /etc/passwd)',
    'percent%s%0a',
    'newline\ninside',
    'tab\tinside',
    'nul\0inside',
    'ünïcödé-日本語-😀',
    '\u200binvisible\u200b',
    '{"json":true}',
    '<b>&amp;',
    '<script>alert(1)</script>',
    '-leading-dash',
    '#hash',
    'x',
    'xy',
    'my-secret-value',
    'password1',
    'tokenize',
    // What GitHub alone cannot hold passes, up to what Secrets Manager takes with the user name around it.
    'x'.repeat(48 * 1024),
    'x'.repeat(65_536 - '{"username":"sandbox","accessToken":""}'.length),
  ])('the token %j', (token) => {
    const credential = check('sandbox', token)
    expect({ ...credential, token: credential.token.reveal() }).toEqual({
      upstream: 'docker-hub',
      username: 'sandbox',
      token,
    })
  })

  test.each([
    'sandbox',
    '0528',
    'username',
    'user',
    'example',
    'none',
    'xxxx',
    'mike@example.com',
    'Acme Org',
    'a_b-c',
  ])('the user name %j', (username) => {
    expect(check(username, goodToken).username).toBe(username)
  })
})

describe('refuses as a placeholder', () => {
  test.each([
    'your_token',
    'YOUR_TOKEN',
    'your-token-here',
    'your_docker_hub_token',
    'your-access-token',
    'my_token',
    'the token',
    'token',
    'password',
    'secret',
    'access_token',
    'docker_hub_access_token',
    'dockerhub-token',
    'personal_access_token',
    'changeme',
    'change-me',
    'REPLACE_ME',
    'todo',
    'none',
    'null',
    'undefined',
    'placeholder',
    '<token>',
    '<your access token>',
    '<YOUR_TOKEN>',
    'xxx',
    'xxxxxxxxxxxxxxxx',
    '***',
    '********',
    '...',
    '…',
    'dckr_pat_',
    'dckr_pat_xxxx',
    'dckr_pat_XXXXXXXXXXXXXXXXXXXXXXXXXXX',
    'dckr_pat_...',
    'dckr_pat_your_token',
    'dckr_pat_<token>',
    'dckr_oat_xxxx',
  ])('the token %j', async (token) => {
    expect(await failureOf(() => check('sandbox', token))).toEqual({
      code: 'ERR_CREDENTIAL_INVALID',
      message: 'TOKEN is a placeholder, not a real value',
      hint: 'set TOKEN',
    })
  })

  test.each([
    'your_username',
    'YOUR_USERNAME',
    'your-docker-id',
    'your_docker_hub_username',
    'your name',
    'yourusername',
    'yourdockerhubusername',
    'my-user',
    '<username>',
    '<your docker id>',
    'changeme',
    'change_me',
    '***',
    'undefined',
    'null',
  ])('the user name %j', async (username) => {
    expect(await failureOf(() => check(username, goodToken))).toEqual({
      code: 'ERR_CREDENTIAL_INVALID',
      message: 'USER is a placeholder, not a real value',
      hint: 'set USER',
    })
  })
})

test.each([
  ['sandbox', `${goodToken}\n`, 'TOKEN ends with a line break'],
  ['sandbox', `${goodToken}\r\n`, 'TOKEN ends with a line break'],
  ['sandbox', `${goodToken} `, 'TOKEN ends with a space'],
  ['sandbox', `\t${goodToken}`, 'TOKEN begins with a tab'],
  ['sandbox', `\u00a0${goodToken}`, 'TOKEN begins with white space'],
  ['sandbox', `\ufeff${goodToken}`, 'TOKEN begins with white space'],
  ['sandbox', ' ', 'TOKEN ends with a space'],
  ['sandbox\n', goodToken, 'USER ends with a line break'],
  [' sandbox', goodToken, 'USER begins with a space'],
])('refuses white space around %j or %j', async (username, token, message) => {
  const { hint, ...failure } = await failureOf(() => check(username, token))
  expect(failure).toEqual({ code: 'ERR_CREDENTIAL_INVALID', message })
  expect(hint).toMatch(/^set (TOKEN|USER), without it; a line break at the end comes from echo or an editor/)
})

test.each([
  ['', goodToken, 'USER'],
  ['sandbox', '', 'TOKEN'],
  ['', '', 'USER'],
])('calls an empty value missing: %j, %j', async (username, token, name) => {
  expect(await failureOf(() => check(username, token))).toEqual({
    code: 'ERR_CREDENTIAL_MISSING',
    message: `${name} is empty`,
    hint: `set ${name}`,
  })
})

test.each(['a\nb', 'a\0b', 'a\u007fb', 'a\ud800b'])('refuses the user name %j', async (username) => {
  expect(await failureOf(() => check(username, goodToken))).toEqual({
    code: 'ERR_CREDENTIAL_INVALID',
    message: 'USER contains a control character',
    hint: 'set USER',
  })
})

test.each([
  ['sandbox', 'y'.repeat(65_498), 'TOKEN is too large: Secrets Manager takes at most 65,536 bytes'],
  ['sandbox', '日'.repeat(21_840), 'TOKEN is too large: Secrets Manager takes at most 65,536 bytes'],
  ['u'.repeat(65_536), goodToken, 'USER is too large: Secrets Manager takes at most 65,536 bytes'],
  ['sandbox', '"'.repeat(40_000), 'TOKEN is too large: Secrets Manager takes at most 65,536 bytes'],
])('refuses what no destination holds', async (username, token, message) => {
  expect(await failureOf(() => check(username, token))).toMatchObject({
    code: 'ERR_CREDENTIAL_INVALID',
    message,
  })
})

test.each([
  ['a token as user name', 'dckr_pat_canary', 'mona', 'USER is a token, not a Docker ID', 'swapped'],
  ['an organization’s token', 'dckr_oat_canary', 'mona', 'USER is a token, not a Docker ID', 'swapped'],
  ['the same value twice', 'canary', 'canary', 'USER is a token, not a Docker ID', 'swapped'],
  ['a user name with a colon', 'mona:canary', goodToken, 'USER has a colon in it', 'the Docker ID alone'],
])('refuses %s, and shows neither', async (_, username, token, message, advice) => {
  const failure = await failureOf(() => check(username, token))
  expect(failure).toEqual({
    code: 'ERR_CREDENTIAL_INVALID',
    message,
    hint: expect.stringContaining(advice) as string,
  })
  expect(JSON.stringify(failure)).not.toContain('canary')
})

test('says nothing of the token in what it throws', () => {
  for (const token of ['canary-7d1b\n', `canary-7d1b${'y'.repeat(70_000)}`, ' canary-7d1b']) {
    let error: unknown
    try {
      check('sandbox', token)
    } catch (caught) {
      error = caught
    }
    const { message, hint, stack, cause } = error as PullthroughError
    expect(JSON.stringify([message, hint, stack, cause])).not.toContain('canary')
  }
})
