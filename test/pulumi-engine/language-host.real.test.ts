import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWithClients } from '../e2e/clients.ts'
import { inPulumiWorld, type PulumiWorld } from './pulumi-world.ts'

const token = 'canary-0123456789-abcdefghij'

const preview = (world: PulumiWorld, ...more: readonly string[]) =>
  world.pulumi(['preview', '--stack', 'dev', ...more])

/** A folder with files, in which `@pulumi/*` can be imported. */
async function folder(
  world: PulumiWorld,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const directory = join(world.directory, name)
  await mkdir(directory)
  await world.linkPackages(directory)
  for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text)
  return directory
}

describeWithClients('the stand-in for Pulumi’s language host', { concurrent: true }, () => {
  test('runs a program with its config, keeps secrets, and shows what it prints', () =>
    inPulumiWorld(async (world) => {
      await world.writeProgram(world.project, {
        name: 'acme',
        indexTs: `
import { Config, getOrganization, getProject, getStack } from '@pulumi/pulumi'
console.log('to stdout', process.execArgv.includes('--no-deprecation'))
console.error('to stderr')
export const names = [getOrganization(), getProject(), getStack()].join(' ')
export const plain = new Config().require('plain')
export const token = new Config().requireSecret('token')
`,
        project: { runtime: { name: 'nodejs', options: { nodeargs: '--no-deprecation' } } },
        stacks: { dev: { 'acme:plain': 'as it is' } },
      })
      const set = ['config', 'set', '--secret', 'token', '--stack', 'dev']
      await world.pulumiSucceeds(set, { input: token })
      const up = await world.pulumi(['up', '--yes', '--skip-preview', '--stack', 'dev'])
      expect(up).toMatchObject({ code: 0 })
      expect(up.stdout).toContain('to stdout true')
      expect(up.stdout).toContain('to stderr')
      expect(up.stdout + up.stderr).not.toContain(token)
      const { text, resources } = await world.stateOf('dev')
      expect(text).not.toContain(token)
      expect(resources[0]?.outputs).toMatchObject({ names: 'organization acme dev', plain: 'as it is' })
      const outputs = ['stack', 'output', '--stack', 'dev', '--json', '--show-secrets']
      expect(JSON.parse(await world.pulumiSucceeds(outputs))).toMatchObject({ token })
    }))

  test.each<[what: string, indexTs: string, words: RegExp, typeCheck: boolean]>([
    ['throws', `throw new Error('it is broken')`, /unhandled exception:[\s\S]*it is broken/, false],
    ['exits', `process.exit(3)`, /Program exited with non-zero exit code: 3/, false],
    ['is wrongly typed', `export const n: number = 'text'`, /error TS2322: Type 'string'/, true],
  ])('passes on that a program %s', (_, indexTs, words, typeCheck) =>
    inPulumiWorld(async (world) => {
      await world.writeProgram(world.project, { name: 'acme', indexTs, typeCheck, stacks: { dev: {} } })
      const { code, stdout } = await preview(world)
      expect(code).not.toBe(0)
      expect(stdout).toMatch(words)
    }),
  )

  test('runs a policy pack beside the program', () =>
    inPulumiWorld(async (world) => {
      await world.writeProgram(world.project, {
        name: 'acme',
        indexTs: `
import { Secret } from '@pulumi/aws/secretsmanager/secret'
new Secret('own', { name: 'ecr-pullthroughcache/docker-hub' })
`,
        stacks: { dev: {} },
      })
      const pack = await folder(world, 'pack', {
        'PulumiPolicy.yaml': 'runtime: nodejs\nversion: 1.2.3\n',
        'package.json': JSON.stringify({ name: 'pack', version: '1.2.3', main: 'index.js' }),
        'index.js': `
const { PolicyPack } = require('@pulumi/policy')
new PolicyPack('acme-pack', {
  policies: [{
    name: 'no-own-secret',
    description: 'A stack makes no secret.',
    enforcementLevel: 'mandatory',
    validateResource({ type, props }, report) {
      if (type === 'aws:secretsmanager/secret:Secret') report('found ' + props.name)
    },
  }],
})
`,
      })
      const { code, stdout } = await preview(world, '--policy-pack', pack)
      expect(code).not.toBe(0)
      expect(stdout).toContain('acme-pack@v1.2.3')
      expect(stdout).toContain('[mandatory]  no-own-secret  (aws:secretsmanager:Secret: own)')
      expect(stdout).toContain('found ecr-pullthroughcache/docker-hub')
    }))

  test('runs a component package, of which the CLI takes the schema', () =>
    inPulumiWorld(async (world) => {
      const component = await folder(world, 'component', {
        'PulumiPlugin.yaml': 'runtime: nodejs\n',
        'package.json': JSON.stringify({ name: 'acme', version: '1.2.3', main: 'index.ts' }),
        'tsconfig.json': JSON.stringify({
          compilerOptions: { module: 'nodenext', strict: true, skipLibCheck: true, noCheck: true },
        }),
        'index.ts': `
import { ComponentResource, type ComponentResourceOptions, type Output, output } from '@pulumi/pulumi'
export interface WidgetArgs { size?: string }
export class Widget extends ComponentResource {
  public readonly area: Output<string>
  constructor(name: string, args: WidgetArgs, opts?: ComponentResourceOptions) {
    super('acme:index:Widget', name, args, opts)
    this.area = output(args.size ?? 'small')
    this.registerOutputs({ area: this.area })
  }
}
`,
      })
      const schema = JSON.parse(await world.pulumiSucceeds(['package', 'get-schema', component])) as unknown
      expect(schema).toMatchObject({
        name: 'acme',
        version: '1.2.3',
        resources: {
          'acme:index:Widget': { isComponent: true, inputProperties: { size: { type: 'string' } } },
        },
      })
    }))
})
