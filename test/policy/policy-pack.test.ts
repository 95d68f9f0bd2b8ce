import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Analyzer, analyzerAt, servePack } from './served-pack.ts'

const root = join(import.meta.dirname, '../..')
const token = 'dckr_pat_sandbox_0123456789abcdefghi'
const leak = { type: 'aws:some/type:Type', props: { a: token } }

describe('the pack', () => {
  let analyzer: Analyzer
  beforeAll(async () => {
    analyzer = await servePack()
  })
  afterEach(async () => {
    await analyzer.configure({})
  })

  test('has every policy, mandatory each', async () => {
    const { name, version, policiesList } = await analyzer.info()
    expect({ name, version }).toEqual({ name: 'pullthrough', version: versionOf('package.json') })
    expect(policiesList.map((policy) => [policy.name, policy.enforcementlevel])).toEqual([
      ['shared-secret-is-referenced', 1],
      ['docker-hub-rule-has-credential', 1],
      ['no-root-template', 1],
      ['secret-value-stays-out', 1],
    ])
  })

  test.each([
    ['ADVISORY', ['advisory']],
    ['MANDATORY', ['mandatory']],
    // It has nothing to mend, so Pulumi takes it as mandatory.
    ['REMEDIATE', ['mandatory']],
    ['DISABLED', []],
  ] as const)('obeys the level %s that a user configures, for that policy alone', async (level, levels) => {
    await analyzer.configure({ 'secret-value-stays-out': { level } })
    expect((await analyzer.analyze(leak)).map((violation) => violation.level)).toEqual(levels)
    const root = { type: 'aws-native:ecr:RepositoryCreationTemplate', props: { prefix: 'ROOT' } }
    expect((await analyzer.analyze(root)).map((violation) => violation.level)).toEqual(['mandatory'])
  })

  test('lets the types have a token that a user allows', async () => {
    const properties = { allowedTypes: ['docker:index/image:Image'] }
    await analyzer.configure({ 'secret-value-stays-out': { level: 'MANDATORY', properties } })
    const image = { type: 'docker:index/image:Image', name: token, props: { registry: { password: token } } }
    expect(await analyzer.analyze(image)).toEqual([])
    expect(await analyzer.analyzeStack([image])).toEqual([])
    expect(await analyzer.analyze(leak)).toHaveLength(1)
  })

  test('does not take a text for a list of types', async () => {
    const properties = { allowedTypes: 'aws:some/type:Type' }
    await analyzer.configure({ 'secret-value-stays-out': { level: 'MANDATORY', properties } })
    expect(await analyzer.analyze(leak)).toHaveLength(1)
  })
})

describe('the directory that --policy-pack names', () => {
  const started: ChildProcessByStdio<null, Readable, Readable>[] = []
  afterEach(() => {
    for (const each of started) each.kill()
  })

  /** As Pulumi’s language host starts it: in the directory, with the engine’s address and the directory’s path. */
  test('is a pack that Pulumi’s runner loads', async () => {
    const directory = join(root, 'policy')
    const runner = join(root, 'node_modules/@pulumi/pulumi/cmd/run-policy-pack')
    const pack = spawn(process.execPath, [runner, '127.0.0.1:1', directory], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    started.push(pack)
    const [port] = (await once(pack.stdout.setEncoding('utf8'), 'data')) as [string]
    expect(port).toMatch(/^\d+\n$/)
    const analyzer = analyzerAt(port.trim())
    const { name, version } = await analyzer.info()
    expect({ name, version }).toEqual({ name: 'pullthrough', version: versionOf('package.json') })
    expect(await analyzer.analyze(leak)).toEqual([
      {
        policy: 'secret-value-stays-out',
        level: 'mandatory',
        message: 'a holds a Docker Hub access token.',
        on: 'aws:some/type:Type::it',
      },
    ])
    const errors = text(pack.stderr)
    pack.kill()
    expect(await errors).toBe('')
  })

  test('has the version of the package', () => {
    expect(versionOf('policy/package.json')).toBe(versionOf('package.json'))
  })
})

test.each([
  ['import', 'module', 'await import'],
  ['require', 'commonjs', 'require'],
])('to %s the policies gives them, and does nothing else', async (_, type, load) => {
  const module = JSON.stringify(join(root, 'dist/policy/index.js'))
  const script = `const it = ${load}(${module}); console.log(Object.keys(it).sort().join())`
  const child = spawn(process.execPath, [`--input-type=${type}`, '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
  expect({ output, code: child.exitCode }).toEqual({
    output:
      'dockerHubRuleHasCredential,noRootTemplate,policies,policyPack,secretValueStaysOut,sharedSecretIsReferenced\n',
    code: 0,
  })
})

function versionOf(path: string): unknown {
  const { version } = JSON.parse(readFileSync(join(root, path), 'utf8')) as { version?: unknown }
  return version
}
