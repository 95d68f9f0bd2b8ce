import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { writePulumiProject } from '../../demo/pulumi-project.js'
import { openSource, type SourceOptions } from '../../src/sources/index.ts'
import { failureOf, scene, worldIn, write } from './scene.ts'

/** The real CLI, by its path; without it there is nothing to test. */
const binary = process.env['PULLTHROUGH_E2E_PULUMI'] ?? ''

const token = `dckr_pat_"'\\ $(id) \`x\` %s\n#é日😀<b>&\ttab`

/** A project with a backend of its own, and the CLI in it. */
async function realProject(projectFile = 'name: acme-infra\nruntime: nodejs\n') {
  const { directory } = await scene({ 'p/Pulumi.yaml': projectFile })
  const project = join(directory, 'p')
  const env = {
    PATH: [dirname(binary), '/usr/bin', '/bin'].join(delimiter),
    HOME: directory,
    PULUMI_HOME: join(directory, 'home'),
    PULUMI_BACKEND_URL: `file://${join(directory, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE: 'pä"ss $(x)',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  }
  await mkdir(join(directory, 'state'))

  function pulumi(
    args: readonly string[],
    stdin = '',
    more: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { cwd: project, env: { ...env, ...more } }
      const child = execFile(binary, [...args, '--non-interactive'], options, (error, stdout, stderr) => {
        if (error) reject(new Error(`pulumi ${args.join(' ')}: ${stderr}`))
        else resolve(stdout)
      })
      child.stdin?.end(stdin)
    })
  }

  async function credential(options: SourceOptions = {}, more: Readonly<Record<string, string>> = {}) {
    const source = await openSource(options, worldIn(project, { ...env, ...more }, { timeoutMs: 15_000 }))
    const { username, token: secret } = await source.credential()
    return { description: source.description, region: source.region, username, token: secret.reveal() }
  }

  return { project, env, pulumi, credential }
}

/** The two calls of HashiCorp Vault's transit engine that the CLI makes: it "encrypts" by a prefix. */
async function standInForVault(): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { plaintext = '', ciphertext = '' } = JSON.parse(body) as {
        plaintext?: string
        ciphertext?: string
      }
      const data = request.url?.includes('/encrypt/')
        ? { ciphertext: `vault:v1:${plaintext}` }
        : { plaintext: ciphertext.replace('vault:v1:', '') }
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe.skipIf(binary === '')('with the real CLI', () => {
  test('reads what `pulumi config set` writes, at the selected stack', async () => {
    const { pulumi, credential } = await realProject()
    await pulumi(['stack', 'init', 'other'])
    await pulumi(['stack', 'init', 'dev'])
    await pulumi(['config', 'set', 'dockerHubUsername', '0528'])
    await pulumi(['config', 'set', 'aws:region', 'eu-central-1'])
    await pulumi(['config', 'set', '--secret', 'dockerHubToken'], token)
    expect(await credential()).toEqual({
      description: 'stack dev of project acme-infra (Pulumi.dev.yaml)',
      region: 'eu-central-1',
      username: '0528',
      token,
    })
    await pulumi(['stack', 'select', 'other'])
    expect(await failureOf(() => credential())).toMatchObject({
      code: 'ERR_CREDENTIAL_MISSING',
      message: 'dockerHubUsername and dockerHubToken are not set for stack other (Pulumi.other.yaml)',
    })
  })

  test('reads what `pulumi config set --path` writes', async () => {
    const { pulumi, credential } = await realProject()
    await pulumi(['stack', 'init', 'dev'])
    const usernameKey = 'other:hub["a.b"][0]["user \\"name\\""]'
    const tokenKey = 'other:hub["a.b"][1]'
    await pulumi(['config', 'set', '--path', usernameKey, 'true'])
    await pulumi(['config', 'set', '--secret', '--path', tokenKey], token)
    expect(await credential({ usernameKey, tokenKey })).toMatchObject({ username: 'true', token })
  })

  test('names a command that mends a token in plain text', async () => {
    const { pulumi, credential, project } = await realProject()
    await pulumi(['stack', 'init', 'dev'])
    await pulumi(['config', 'set', 'dockerHubUsername', 'sandbox'])
    await pulumi(['config', 'set', '--plaintext', 'dockerHubToken', 'dckr_pat_canary'])
    const { hint } = await failureOf(() => credential({ stack: 'dev' }))
    const command = /`pulumi (.*)`/.exec(hint ?? '')?.[1] ?? ''
    expect(command).toBe('config set --secret dockerHubToken --stack dev')
    await pulumi(command.split(' '), 'dckr_pat_other')
    expect(await credential()).toMatchObject({ token: 'dckr_pat_other' })
    expect(await readFile(join(project, 'Pulumi.dev.yaml'), 'utf8')).not.toContain('canary')
  })

  test('is answered as the reader is about a project of the demo’s', async () => {
    const { pulumi, project, env } = await realProject()
    const config = {
      dockerHubUsername: '0528',
      'aws:region': '2024-01-02',
      dockerHubToken: { secret: token },
      nested: { list: [{ secret: 'deep' }, 'yes', 7, true, null], 'a.b': '~' },
    }
    await writePulumiProject(project, {
      project: 'acme-infra',
      stack: 'dev',
      passphrase: env.PULUMI_CONFIG_PASSPHRASE,
      config,
    })
    await pulumi(['stack', 'init', 'dev'])
    const objectValue = { 'a.b': '~', list: ['deep', 'yes', 7, true, null] }
    expect(JSON.parse(await pulumi(['config', '--json', '--show-secrets']))).toEqual({
      'acme-infra:dockerHubToken': { value: token, secret: true },
      'acme-infra:dockerHubUsername': { value: '0528', secret: false },
      'acme-infra:nested': { value: JSON.stringify(objectValue), objectValue, secret: true },
      'aws:region': { value: '2024-01-02', secret: false },
    })
  })

  test('opens what a key management service keeps, through the fallback', async () => {
    const vault = { VAULT_ADDR: await standInForVault(), VAULT_TOKEN: 'x' }
    const { pulumi, credential } = await realProject()
    await pulumi(['stack', 'init', 'dev', '--secrets-provider', 'hashivault://key'], '', vault)
    await pulumi(['config', 'set', '--secret', '--path', 'hub.users[0]'], 'sandbox', vault)
    await pulumi(['config', 'set', '--secret', '--path', 'hub.token'], token, vault)
    const keys = { usernameKey: 'hub.users[0]', tokenKey: 'hub.token' }
    expect(await credential(keys, vault)).toMatchObject({ username: 'sandbox', token })
    expect(await failureOf(() => credential(keys, { ...vault, VAULT_ADDR: 'http://127.0.0.1:9' }))).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: expect.stringMatching(
        /^the pulumi CLI could not open the config of stack dev \(its secrets provider is hashivault\): 2 errors occurred: 1\) Put "http:\/\/127\.0\.0\.1:9\/v1\/transit\/decrypt\/key": dial tcp 127\.0\.0\.1:9: connect: connection refused 2\) Unknown$/,
      ) as string,
      hint: 'run `pulumi config --stack dev` to see why',
    })
  })

  test('is kept from writing a salt into a stack file of Pulumi Cloud', async () => {
    const { pulumi, credential, project } = await realProject()
    await pulumi(['stack', 'init', 'dev'])
    const stackFile = 'config:\n  dockerHubUsername: sandbox\n  dockerHubToken: {secure: AAABADvfxlHbBYM6}\n'
    await write(join(project, 'Pulumi.dev.yaml'), stackFile)
    expect(await failureOf(() => credential())).toMatchObject({
      code: 'ERR_SOURCE_UNREADABLE',
      message:
        'stack dev needs Pulumi Cloud, since its secrets are encrypted by Pulumi Cloud, and pulumi uses another backend',
    })
    expect(await readFile(join(project, 'Pulumi.dev.yaml'), 'utf8')).toBe(stackFile)
  })

  test('says that only Pulumi Cloud opens environments', async () => {
    const { pulumi, credential, project } = await realProject()
    await pulumi(['stack', 'init', 'dev'])
    await write(join(project, 'Pulumi.dev.yaml'), 'environment: [a/b]\n')
    const { message } = await failureOf(() => credential())
    expect(message).toMatch(
      /^the pulumi CLI could not open the config of stack dev \(it uses Pulumi ESC environments\): backend .* does not support environments; Pulumi ESC environments require the Pulumi Cloud backend, /,
    )
  })

  test('is asked about a stack without a file, and does not know it', async () => {
    const { project, credential } = await realProject('name: acme-infra\nruntime: nodejs\n')
    const run = () => credential({ stack: 'nope' }, { PULUMI_BACKEND_URL: '', PULUMI_ACCESS_TOKEN: '' })
    expect(await failureOf(run)).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: `there is no stack file ${join(project, 'Pulumi.nope.yaml')}`,
      hint: 'make it with `pulumi stack init nope`; if Pulumi Cloud keeps this stack’s config: the pulumi CLI is not logged in',
    })
  })
})
