import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Analyzer,
  archive,
  type Described,
  marked,
  servePack,
  textAsset,
  unknown,
} from './served-pack.ts'

const token = 'dckr_pat_sandbox_0123456789abcdefghi'
const organizationToken = 'dckr_oat_0123456789ABCDEFGHIJ-_0123456789'
/** A password of Docker Hub, which no pattern knows: only the JSON around it tells. */
const password = 'correct horse battery staple'
const pair = JSON.stringify({ username: 'sandbox', accessToken: password })
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')

const isToken = 'a Docker Hub access token'
const isPair = 'a username and access token as ECR reads them'

let analyzer: Analyzer
beforeAll(async () => {
  analyzer = await servePack()
})

/** What the policy says; no answer of the whole pack may show what it found. */
async function said(resource: Described): Promise<readonly string[]> {
  const all = await analyzer.analyze(resource)
  expect(JSON.stringify(all)).not.toMatch(/dckr_[po]at_[\w-]{20}|correct horse/)
  return all
    .filter(({ policy }) => policy === 'secret-value-stays-out')
    .map(({ level, message }) => `${level}: ${message}`)
}

test('the whole violation, as the engine gets it', async () => {
  const props = { environment: { variables: { HUB: token } } }
  await expect(
    analyzer.analyze({ type: 'aws:lambda/function:Function', name: 'build', props }),
  ).resolves.toEqual([
    {
      policy: 'secret-value-stays-out',
      level: 'mandatory',
      message: `environment.variables.HUB holds ${isToken}.`,
      on: 'aws:lambda/function:Function::build',
    },
  ])
})

describe('refused in a property', () => {
  test.each<readonly [string, object, string, string]>([
    ['a token', { value: token }, 'value', isToken],
    ['an organization’s token', { value: organizationToken }, 'value', isToken],
    ['a token in a sentence', { description: `use ${token}.` }, 'description', isToken],
    [
      'a token in a list',
      { commands: ['ls', { run: `docker login -p ${token}` }] },
      'commands[1].run',
      isToken,
    ],
    ['a token that is marked as secret', { value: marked(token) }, 'value', isToken],
    ['a token in a structure that is marked as secret', { env: marked({ A: [token] }) }, 'env.A[0]', isToken],
    ['a token under a key with a dot', { tags: { 'my.tag': token } }, 'tags["my.tag"]', isToken],
    ['a token as a key', { tags: { [token]: 'x' } }, 'tags["…"]', isToken],
    [
      'a token under a key of JavaScript’s own',
      { constructor: { toString: token } },
      'constructor.toString',
      isToken,
    ],
    ['a token beside what is not known', { a: unknown, b: [unknown, token] }, 'b[1]', isToken],
    [
      'a token with an escape in JSON',
      { policy: JSON.stringify({ t: token }).replace('_', '\\u005f') },
      'policy',
      isToken,
    ],
    ['a token in a text asset', { source: textAsset(`TOKEN=${token}`) }, 'source.text', isToken],
    [
      'a token in an archive',
      { code: archive({ 'a/index.js': textAsset(token) }) },
      'code.assets["a/index.js"].text',
      isToken,
    ],
    ['a token in base64', { userData: base64(`#!/bin/sh\nexport T=${token}\n`) }, 'userData', isToken],
    [
      'a token in broken lines of base64',
      { userData: base64(`${'#'.repeat(99)}${token}`).replace(/.{76}/g, '$&\n') },
      'userData',
      isToken,
    ],
    [
      'a token in base64 for URLs',
      { userData: Buffer.from(`>>>???${token}`).toString('base64url') },
      'userData',
      isToken,
    ],
    [
      'a token in base64 for URLs in a script',
      { userData: `d: ${Buffer.from(`#🔑${token}`).toString('base64url')}` },
      'userData',
      isToken,
    ],
    [
      'a token in base64 with a slash in a script',
      { userData: `d: ${base64(`#🔑${token}`)}` },
      'userData',
      isToken,
    ],
    [
      'a token in base64 among words',
      { command: `echo ${base64(`T=${token}`).replace(/=+$/, '')} here` },
      'command',
      isToken,
    ],
    [
      'a token with an escape in a key of JSON',
      { policy: JSON.stringify({ [token]: 1 }).replace('_', '\\u005f') },
      'policy',
      isToken,
    ],
    [
      'a token in base64 in a script',
      { userData: `#cloud-config\nwrite_files:\n- content: ${base64(`T=${token}`)}\n` },
      'userData',
      isToken,
    ],
    ['a token in gzip in base64', { userData: base64(gzipSync(`T=${token}`)) }, 'userData', isToken],
    [
      'Docker’s own configuration',
      {
        data: JSON.stringify({
          auths: { 'https://index.docker.io/v1/': { auth: base64(`sandbox:${token}`) } },
        }),
      },
      'data',
      isToken,
    ],
    [
      'Docker’s own configuration in base64, as Kubernetes has it',
      {
        data: {
          '.dockerconfigjson': base64(JSON.stringify({ auths: { x: { auth: base64(`sandbox:${token}`) } } })),
        },
      },
      'data[".dockerconfigjson"]',
      isToken,
    ],
    ['the JSON of the secret', { secretString: pair }, 'secretString', isPair],
    [
      'the JSON with its keys the other way round',
      { s: JSON.stringify({ accessToken: password, username: 'u' }) },
      's',
      isPair,
    ],
    ['the JSON in many lines', { s: JSON.stringify(JSON.parse(pair), null, 2) }, 's', isPair],
    ['the JSON in JSON', { s: JSON.stringify({ SecretString: pair }) }, 's', isPair],
    ['the JSON as a part of JSON', { s: JSON.stringify({ hub: JSON.parse(pair) as object }) }, 's', isPair],
    [
      'the JSON in a script',
      { userData: `aws secretsmanager put-secret-value --secret-string '${pair}'` },
      'userData',
      isPair,
    ],
    ['the JSON in base64', { secretBinary: base64(pair) }, 'secretBinary', isPair],
  ])('%s', async (_, props, path, what) => {
    await expect(said({ type: 'aws:some/type:Type', props })).resolves.toEqual([
      `mandatory: ${path} holds ${what}.`,
    ])
  })

  test('each place once', async () => {
    const props = { a: token, b: { c: [token, 'x', organizationToken] }, d: pair }
    await expect(said({ type: 'aws:some/type:Type', props })).resolves.toEqual([
      `mandatory: a holds ${isToken}.`,
      `mandatory: b.c[0] holds ${isToken}.`,
      `mandatory: b.c[2] holds ${isToken}.`,
      `mandatory: d holds ${isPair}.`,
    ])
  })

  test('of a component, and of a provider', async () => {
    await expect(said({ type: 'shop:index:Builder', props: { token } })).resolves.toEqual([
      `mandatory: token holds ${isToken}.`,
    ])
    const registryAuth = JSON.stringify([{ address: 'docker.io', username: 'sandbox', password: token }])
    await expect(said({ type: 'pulumi:providers:docker', props: { registryAuth } })).resolves.toEqual([
      `mandatory: registryAuth holds ${isToken}.`,
    ])
  })

  test('and in the name of a resource', async () => {
    const all = await analyzer.analyze({ type: 'aws:some/type:Type', name: token })
    expect(all.map(({ message }) => message)).toEqual([
      'The name of the resource holds a Docker Hub access token.',
    ])
  })
})

describe('allowed in a property', () => {
  test.each<readonly [string, object]>([
    ['nothing', {}],
    ['a placeholder', { a: 'dckr_pat_…', b: 'dckr_pat_xxx', c: '${DOCKER_HUB_TOKEN}' }],
    ['a pair without a token', { a: JSON.stringify({ username: 'u', accessToken: '' }) }],
    ['a pair among others', { a: JSON.stringify({ username: 'u', accessToken: 'x', region: 'y' }) }],
    ['half a pair', { a: JSON.stringify({ username: 'u' }), b: '{"accessToken":' }],
    [
      'the ARN of the secret',
      { a: 'arn:aws:secretsmanager:us-east-2:123456789012:secret:ecr-pullthroughcache/docker-hub-AbCdEf' },
    ],
    ['what is not known', { a: unknown, b: { c: unknown }, d: [unknown] }],
    ['numbers, flags and null', { a: 1, b: true, c: null, d: [], e: {} }],
    ['base64 of something else', { a: base64('a'.repeat(99)), b: base64(gzipSync('b'.repeat(99))) }],
    [
      'what only looks like gzip',
      { a: base64(Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(60)])) },
    ],
    ['JSON that is none', { a: '{'.repeat(50_000), b: '["' }],
    ['JSON nested deeper than a stack', { a: `${'['.repeat(200_000)}${']'.repeat(200_000)}` }],
    ['text of some size', { a: 'a '.repeat(500_000), b: '{"username":"'.repeat(20_000) }],
  ])('%s', async (_, props) => {
    await expect(said({ type: 'aws:some/type:Type', props })).resolves.toEqual([])
  })
})

describe('refused in an output', () => {
  const on = async (resources: readonly Described[]) => {
    const all = await analyzer.analyzeStack(resources)
    expect(JSON.stringify(all)).not.toMatch(/dckr_[po]at_[\w-]{20}|correct horse/)
    return all
  }

  test('of the stack, marked as secret or not', async () => {
    const type = 'pulumi:pulumi:Stack'
    const props = { plain: pair, secret: marked(token) }
    await expect(on([{ type, name: 'shop-dev', props }])).resolves.toEqual([
      {
        policy: 'secret-value-stays-out',
        level: 'mandatory',
        message: `The output plain holds ${isPair}.`,
        on: `${type}::shop-dev`,
      },
      {
        policy: 'secret-value-stays-out',
        level: 'mandatory',
        message: `The output secret holds ${isToken}.`,
        on: `${type}::shop-dev`,
      },
    ])
  })

  test('that a provider computed, and not again what was an input', async () => {
    const type = 'command:local:Command'
    const input = { type, name: 'leak', props: { create: `echo ${token}` } }
    await expect(said(input)).resolves.toEqual([`mandatory: create holds ${isToken}.`])
    const output = { ...input, props: { ...input.props, stdout: token } }
    const messages = (await on([output])).map(({ message }) => message)
    expect(messages).toEqual([`The output stdout holds ${isToken}.`])
  })

  test.each([
    ['secretString', { secretId: 'ecr-pullthroughcache/docker-hub', secretString: password }],
    [
      'secretBinary',
      {
        arn: 'arn:aws:secretsmanager:us-east-2:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf',
        secretBinary: 'x',
      },
    ],
  ])('of a version of the secret that was read, whatever its shape: %s', async (path, props) => {
    const version = { type: 'aws:secretsmanager/secretVersion:SecretVersion', name: `read-${path}`, props }
    await expect(on([version])).resolves.toEqual([
      {
        policy: 'secret-value-stays-out',
        level: 'mandatory',
        message: `The output ${path} holds the value of a pull-through cache’s secret.`,
        on: `aws:secretsmanager/secretVersion:SecretVersion::read-${path}`,
      },
    ])
  })

  test.each([
    { secretId: 'database', secretString: password },
    { secretId: 'ecr-pullthroughcache/docker-hub', secretString: '' },
    { secretId: 'ecr-pullthroughcache/docker-hub', hasSecretStringWo: true },
    { secretId: unknown, secretString: unknown },
  ])('but not of %j', async (props) => {
    await expect(on([{ type: 'aws:secretsmanager/secretVersion:SecretVersion', props }])).resolves.toEqual([])
  })
})
