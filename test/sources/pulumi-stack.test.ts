import { createHash } from 'node:crypto'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readPulumiProject } from '../../src/sources/pulumi-project.ts'
import { choosePulumiStack } from '../../src/sources/pulumi-stack.ts'
import { failureOf, scene, type Scene, worldIn, write } from './scene.ts'

const project = { 'Pulumi.yaml': 'name: acme-infra\nruntime: nodejs\n' }
const twoStacks = { ...project, 'Pulumi.dev.yaml': '', 'Pulumi.prod.yaml': '' }

async function choose(
  { directory }: Scene,
  requested: string | undefined,
  env: Readonly<Record<string, string>> = {},
  file = 'Pulumi.yaml',
) {
  const world = worldIn(directory, { PULUMI_HOME: join(directory, 'home'), ...env })
  return choosePulumiStack(await readPulumiProject(join(directory, file)), requested, world)
}

/** What `pulumi stack select` leaves. */
async function select(home: string, projectFile: string, settings: unknown): Promise<void> {
  const hash = createHash('sha1').update(projectFile).digest('hex')
  const text = typeof settings === 'string' ? settings : JSON.stringify(settings)
  await write(join(home, 'workspaces', `acme-infra-${hash}-workspace.json`), text)
}

describe('the stack is', () => {
  test('the one that is named, before everything else', async () => {
    const there = await scene(twoStacks)
    await select(join(there.directory, 'home'), join(there.directory, 'Pulumi.yaml'), { stack: 'prod' })
    expect(await choose(there, 'dev', { PULUMI_STACK: 'prod' })).toEqual({
      name: 'dev',
      shortName: 'dev',
      file: join(there.directory, 'Pulumi.dev.yaml'),
    })
  })

  test('else that of PULUMI_STACK', async () => {
    const there = await scene(twoStacks)
    await select(join(there.directory, 'home'), join(there.directory, 'Pulumi.yaml'), { stack: 'prod' })
    expect(await choose(there, undefined, { PULUMI_STACK: 'dev' })).toMatchObject({ name: 'dev' })
  })

  test('else the one selected in the workspace', async () => {
    const there = await scene(twoStacks)
    await select(join(there.directory, 'home'), join(there.directory, 'Pulumi.yaml'), { stack: 'prod' })
    expect(await choose(there, undefined)).toMatchObject({ name: 'prod' })
  })

  test('else the only one that has a file', async () => {
    expect(await choose(await scene({ ...project, 'Pulumi.dev.yaml': '' }), undefined)).toMatchObject({
      name: 'dev',
    })
  })
})

test('uses the stack’s own name for the file of a qualified one', async () => {
  const there = await scene(twoStacks)
  expect(await choose(there, 'acme/acme-infra/prod')).toEqual({
    name: 'acme/acme-infra/prod',
    shortName: 'prod',
    file: join(there.directory, 'Pulumi.prod.yaml'),
  })
})

test('counts the files with the project’s extension in stackConfigDir', async () => {
  const there = await scene({
    'Pulumi.yml': 'name: acme-infra\nstackConfigDir: stacks\n',
    'Pulumi.beside.yml': '',
    'stacks/Pulumi.dev.yml': '',
    'stacks/Pulumi.other.yaml': '',
    'stacks/Pulumi.yml': '',
    'stacks/notes.yml': '',
  })
  expect(await choose(there, undefined, {}, 'Pulumi.yml')).toEqual({
    name: 'dev',
    shortName: 'dev',
    file: join(there.directory, 'stacks', 'Pulumi.dev.yml'),
  })
})

describe('the selection in the workspace', () => {
  const stacks = {
    'file:///a': 'organization/acme-infra/dev',
    'https://api.pulumi.com': 'acme/acme-infra/prod',
  }

  test.each([
    ['the backend of PULUMI_BACKEND_URL', { stacks }, { PULUMI_BACKEND_URL: 'file:///a' }, 'dev'],
    [
      'the other backend',
      { stacks },
      { PULUMI_BACKEND_URL: 'https://api.pulumi.com' },
      'acme/acme-infra/prod',
    ],
    [
      'a backend without one, by the old setting',
      { stacks, stack: 'dev' },
      { PULUMI_BACKEND_URL: 's3://x' },
      'dev',
    ],
    ['an unknown backend, if there is one alone', { stacks: { 'file:///a': 'dev' } }, {}, 'dev'],
    ['an unknown backend, if all agree', { stacks: { a: 'prod', b: 'prod' } }, {}, 'prod'],
    ['an unknown backend, by the old setting', { stack: 'prod' }, { PULUMI_BACKEND_URL: '' }, 'prod'],
  ])('is that of %s', async (_which, settings, env, name) => {
    const there = await scene(twoStacks)
    await select(join(there.directory, 'home'), join(there.directory, 'Pulumi.yaml'), settings)
    expect(await choose(there, undefined, env)).toMatchObject({ name })
  })

  test('is that of the project’s own backend', async () => {
    const there = await scene({
      ...twoStacks,
      'Pulumi.yaml': 'name: acme-infra\nbackend: {url: "file:///a"}\n',
    })
    await select(join(there.directory, 'home'), join(there.directory, 'Pulumi.yaml'), { stacks })
    expect(await choose(there, undefined)).toMatchObject({ name: 'dev' })
  })

  test.each([
    ['backends that disagree', { stacks }, {}],
    ['other backends', { stacks }, { PULUMI_BACKEND_URL: 's3://x' }],
    ['nothing', {}, {}],
    ['an empty name', { stack: '' }, {}],
  ])('is none with %s', async (_which, settings, env) => {
    const there = await scene(twoStacks)
    await select(join(there.directory, 'home'), join(there.directory, 'Pulumi.yaml'), settings)
    expect(await failureOf(() => choose(there, undefined, env))).toMatchObject({
      code: 'ERR_USAGE',
      message: 'project acme-infra has several stacks: dev, prod',
    })
  })

  test('is found below HOME', async () => {
    const there = await scene(twoStacks)
    const home = join(there.directory, 'me')
    await select(join(home, '.pulumi'), join(there.directory, 'Pulumi.yaml'), { stack: 'prod' })
    expect(await choose(there, undefined, { PULUMI_HOME: '', HOME: home })).toMatchObject({ name: 'prod' })
  })

  test('is found by any path of a project behind a symbolic link', async () => {
    const there = await scene({
      'real/Pulumi.yaml': 'name: acme-infra\n',
      'real/Pulumi.a.yaml': '',
      'real/Pulumi.b.yaml': '',
      'real/below/x': '',
    })
    const home = join(there.directory, 'home')
    const real = join(there.directory, 'real')
    const link = join(there.directory, 'link')
    await symlink(real, link)
    await select(home, join(real, 'Pulumi.yaml'), { stack: 'a' })
    expect(await choose(there, undefined, {}, 'link/Pulumi.yaml')).toMatchObject({ name: 'a' })
    await select(home, join(link, 'Pulumi.yaml'), { stack: 'b' })
    expect(await choose(there, undefined, {}, 'link/Pulumi.yaml')).toMatchObject({ name: 'b' })

    const chooseFrom = async (PWD: string) => {
      const world = worldIn(join(real, 'below'), { PULUMI_HOME: home, PWD })
      return choosePulumiStack(await readPulumiProject(join(real, 'Pulumi.yaml')), undefined, world)
    }
    expect(await chooseFrom(join(link, 'below'))).toMatchObject({ name: 'b' })
    expect(await chooseFrom(join(real, 'below'))).toMatchObject({ name: 'a' })
    expect(await chooseFrom(join(link, 'elsewhere'))).toMatchObject({ name: 'a' })
  })

  test.each(['{', 'null', '"dev"'])('cannot be read from %j', async (text) => {
    const there = await scene(twoStacks)
    await select(join(there.directory, 'home'), join(there.directory, 'Pulumi.yaml'), text)
    const { message, ...failure } = await failureOf(() => choose(there, undefined))
    expect(message).toMatch(/^cannot read Pulumi’s workspace file .*-workspace\.json$/)
    expect(failure).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      hint: 'name the stack with --stack, or run `pulumi stack select` again',
    })
  })
})

test.each([
  [
    'several stacks and none chosen',
    twoStacks,
    undefined,
    {},
    {
      code: 'ERR_USAGE',
      message: 'project acme-infra has several stacks: dev, prod',
      hint: 'choose one: --stack dev',
    },
  ],
  [
    'an empty PULUMI_STACK',
    twoStacks,
    undefined,
    { PULUMI_STACK: '' },
    {
      code: 'ERR_USAGE',
      message: 'PULUMI_STACK is empty',
      hint: 'unset it, give it the name of a stack, or use --stack',
    },
  ],
  [
    'the stack of another project',
    twoStacks,
    'acme/other/dev',
    {},
    {
      code: 'ERR_USAGE',
      message: 'stack acme/other/dev is not of this project, acme-infra',
      hint: 'name the directory of its own project with --cwd',
    },
  ],
  [
    'a name that cannot be one',
    twoStacks,
    '../dev$',
    {},
    {
      code: 'ERR_USAGE',
      message: 'not the name of a stack: ../dev$',
      hint: 'a stack name has letters, digits, hyphens, underscores and periods; ORGANIZATION/PROJECT/ may stand before it',
    },
  ],
  [
    'an empty name',
    twoStacks,
    '',
    {},
    {
      code: 'ERR_USAGE',
      message: 'not the name of a stack: ',
      hint: 'a stack name has letters, digits, hyphens, underscores and periods; ORGANIZATION/PROJECT/ may stand before it',
    },
  ],
])('refuses %s', async (_what, files, requested, env, failure) => {
  const there = await scene(files)
  expect(await failureOf(() => choose(there, requested, env))).toEqual(failure)
})

test.each([
  ['no stack file', 'name: acme-infra\n', ''],
  ['a stackConfigDir that is not there', 'name: acme-infra\nstackConfigDir: gone\n', '/gone'],
])('says so if the project has %s', async (_what, yaml, where) => {
  const there = await scene({ 'Pulumi.yaml': yaml })
  expect(await failureOf(() => choose(there, undefined))).toEqual({
    code: 'ERR_SOURCE_UNREADABLE',
    message: `project acme-infra has no stack file Pulumi.STACK.yaml in ${there.directory}${where}`,
    hint: 'make a stack with `pulumi stack init`, or name one that Pulumi Cloud keeps with --stack',
  })
})
