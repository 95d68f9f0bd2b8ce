import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { passphraseEncryption } from '../../demo/pulumi-project.js'
import { type Decrypt, openWithPassphrase, readPassphrase } from '../../src/sources/pulumi-passphrase.ts'
import { failureOf, scene, worldIn, write } from './scene.ts'
import { join } from 'node:path'

const open = (salt: string, passphrase: string) =>
  openWithPassphrase(
    salt,
    { bytes: Buffer.from(passphrase), origin: 'PULUMI_CONFIG_PASSPHRASE' },
    'Pulumi.dev.yaml',
  )

/** From Pulumi's own tests: pkg/secrets/passphrase/manager_test.go, tests/roundtrip and tests/smoke, at v3.259.0. */
const managerSalt = 'v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ=='
const roundtripSalt = 'v1:ThS5UPxP9qc=:v1:UZYAXF+ylaJ0rGhv:9OTvBnOEDFgxs7btjzSu+LZ470vLpg=='
const smokeSalt = 'v1:3ZcVRCMzEbk=:v1:A4wYnaSVLIkK0AhS:2SrOnSDh9wVGmoyZt97KYJN3WfDDHA=='

describe('Pulumi’s own vectors:', () => {
  test.each([
    [
      'v1:AAECAwQFBgcICQoL:c6DKB6jDdY0jo8G3evr1u49putmSbt7vIIBarZ9c94JSgnIFJNOQFD4=',
      'dckr_pat_EXAMPLE-not-real',
    ],
    ['v1:AQIDBAUGBwgJCgsM:B409nHdCS3Om+yQPT5gojvqsGmu1LMUyQTD0', 'p@ss wörd\n'],
    ['v1:AgMEBQYHCAkKCwwN:/DdIE0x3Z6yZZUMiCIsAaw==', ''],
  ])('the passphrase of the manager’s test opens %s', async (ciphertext, text) => {
    const decrypt = await open(managerSalt, 'password')
    expect(decrypt(ciphertext)?.reveal()).toBe(text)
  })

  test('the round trip’s passphrase opens its secret', async () => {
    const decrypt = await open(roundtripSalt, 'TestConfigRoundtripComments')
    const secret = decrypt('v1:T1ftqhY0hqr+EJK6:+jvd5PMecFx80tcavzuZY4tLatgIfoe/xR72GA==')
    expect(secret?.reveal()).toBe('secret-value')
  })

  test('the smoke test’s passphrase is right', async () => {
    await expect(open(smokeSalt, 'correct horse battery staple')).resolves.toBeTypeOf('function')
  })

  test.each([
    ['password123', 'set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was made with'],
    ['Password', 'set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was made with'],
    [
      '',
      'PULUMI_CONFIG_PASSPHRASE is empty; GitHub gives empty secrets to pull requests from forks and to Dependabot',
    ],
  ])('the passphrase %j is wrong for the manager’s test', async (passphrase, hint) => {
    expect(await failureOf(() => open(managerSalt, passphrase))).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: 'wrong passphrase for Pulumi.dev.yaml',
      hint,
    })
  })
})

test.each([
  '',
  'v1',
  'v1:fozI5u6B030=',
  'v2:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==',
  'v1:fozI5u6B030:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==',
  'v1:fozI5u6B03$=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==',
  'v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==:more',
  'v1:fozI5u6B030=:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==',
])('refuses the malformed encryptionsalt %j', async (salt) => {
  expect(await failureOf(() => open(salt, 'password'))).toEqual({
    code: 'ERR_SOURCE_UNREADABLE',
    message: 'the encryptionsalt of Pulumi.dev.yaml is malformed',
    hint: 'bring the line back from version control: without it the secrets of Pulumi.dev.yaml cannot be read',
  })
})

describe('a stack’s key', () => {
  let encrypt: (text: string) => string
  let decrypt: Decrypt
  beforeAll(async () => {
    const made = await passphraseEncryption('ünï "quoted" $(id)')
    encrypt = made.encrypt
    decrypt = await open(made.encryptionSalt, 'ünï "quoted" $(id)')
  })

  test('opens whatever was encrypted with it, byte for byte', () => {
    // Halves of surrogate pairs are no Unicode text, and cannot be written as UTF-8.
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ufeff', '\0', '\r\n', '"')),
    })
    fc.assert(
      fc.property(text, (token) => {
        expect(decrypt(encrypt(token))?.reveal()).toBe(token)
      }),
      { numRuns: 1000 },
    )
  })

  test('opens nothing that was changed in one place', () => {
    // Not every letter counts: the last one before the padding has bits of no meaning.
    const meaning = (ciphertext: string) => {
      const [version, ...parts] = ciphertext.split(':')
      return JSON.stringify([version, ...parts.map((part) => Buffer.from(part, 'base64').toString('hex'))])
    }
    const ciphertext = encrypt('dckr_pat_canary')
    const other = fc.constantFrom('A', 'B', '=', ':', '$', '', 'é')
    fc.assert(
      fc.property(fc.nat(ciphertext.length - 1), other, (at, letter) => {
        const changed = ciphertext.slice(0, at) + letter + ciphertext.slice(at + 1)
        fc.pre(meaning(changed) !== meaning(ciphertext))
        expect(decrypt(changed)).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    '',
    'v1',
    'v1::',
    'AAAA',
    'v2:AAECAwQFBgcICQoL:c6DKB6jDdY0jo8G3evr1u49putmSbt7vIIBarZ9c94JSgnIFJNOQFD4=',
    'v1:AAECAwQFBgcICQo=:c6DKB6jDdY0jo8G3evr1u49putmSbt7vIIBarZ9c94JSgnIFJNOQFD4=',
    'v1:AAECAwQFBgcICQoL:c6DKB6jDdY0j',
    'v1:AAECAwQFBgcICQoL:c6DKB6jDdY0jo8G3evr1u49putmSbt7vIIBarZ9c94JSgnIFJNOQFD4',
  ])('opens nothing of the form %j', (ciphertext) => {
    expect(decrypt(ciphertext)).toBeUndefined()
  })

  test('reads base64 that is broken into lines, as Go does', () => {
    const [version, nonce, data = ''] = encrypt('token').split(':')
    const broken = `${version}:${nonce}:${data.slice(0, 8)}\r\n${data.slice(8)}\n`
    expect(decrypt(broken)?.reveal()).toBe('token')
  })
})

describe('the passphrase is', () => {
  test.each([
    [
      'of the variable, before the file',
      { PULUMI_CONFIG_PASSPHRASE: ' a ', PULUMI_CONFIG_PASSPHRASE_FILE: 'p' },
      ' a ',
      'PULUMI_CONFIG_PASSPHRASE',
    ],
    [
      'empty, if the variable is',
      { PULUMI_CONFIG_PASSPHRASE: '', PULUMI_CONFIG_PASSPHRASE_FILE: 'p' },
      '',
      'PULUMI_CONFIG_PASSPHRASE',
    ],
    [
      'of the file, trimmed',
      { PULUMI_CONFIG_PASSPHRASE_FILE: 'p' },
      'from file',
      'PULUMI_CONFIG_PASSPHRASE_FILE (p)',
    ],
  ])('%s', async (_which, env, passphrase, origin) => {
    const { directory } = await scene({ p: '\u00a0\n from file \r\n\t\u2003' })
    expect(await readPassphrase(worldIn(directory, env))).toEqual({ bytes: Buffer.from(passphrase), origin })
  })

  test('of a file with a byte-order mark, mark included, as for the CLI', async () => {
    const { world } = await scene({ p: '\ufeffpw\n' }, { PULUMI_CONFIG_PASSPHRASE_FILE: 'p' })
    expect((await readPassphrase(world)).bytes.toString()).toBe('\ufeffpw')
  })

  test('of a file of random bytes, byte for byte', async () => {
    const { directory, world } = await scene({}, { PULUMI_CONFIG_PASSPHRASE_FILE: 'p' })
    await write(join(directory, 'p'), Buffer.from([0x20, 0xff, 0x00, 0xa0, 0x80, 0x0a]))
    expect((await readPassphrase(world)).bytes).toEqual(Buffer.from([0xff, 0x00, 0xa0, 0x80]))
  })
})

test.each([
  [
    {},
    'no passphrase for the stack’s secrets',
    'set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE; an empty passphrase is set as an empty variable',
  ],
  [
    { PULUMI_CONFIG_PASSPHRASE_FILE: '' },
    'no passphrase for the stack’s secrets',
    'set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE; an empty passphrase is set as an empty variable',
  ],
  [
    { PULUMI_CONFIG_PASSPHRASE_FILE: 'gone' },
    'cannot read PULUMI_CONFIG_PASSPHRASE_FILE (gone): ENOENT',
    'check the path; a relative one begins at the current directory',
  ],
  [
    { PULUMI_CONFIG_PASSPHRASE_FILE: '.' },
    'cannot read PULUMI_CONFIG_PASSPHRASE_FILE (.): EISDIR',
    'check the path; a relative one begins at the current directory',
  ],
])('refuses %j', async (env, message, hint) => {
  const { world } = await scene({}, env)
  expect(await failureOf(() => readPassphrase(world))).toEqual({
    code: 'ERR_SOURCE_UNREADABLE',
    message,
    hint,
  })
})
