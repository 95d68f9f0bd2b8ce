import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPulumiProject } from '../../src/sources/pulumi-project.ts'
import { failureOf, scene, write } from './scene.ts'

const text = (value: string, readDifferently = false) => ({ kind: 'text', text: value, readDifferently })

test('reads what a project file says about its stacks', async () => {
  const { directory } = await scene({
    'Pulumi.yml': `name: acme-infra
runtime: nodejs
stackConfigDir: stacks
backend: {url: "s3://state"}
config:
  short: s
  number: 0528
  typed: {type: string, default: d}
  value: {value: v}
  declared: {type: string}
  dockerHub.username: nested
  aws:region: eu-west-1
  list: [a]
  nothing:
`,
  })
  const key = (written: string, name: string, path: string[] = [], namespace = 'acme-infra') => ({
    written,
    namespace,
    name,
    path,
  })
  expect(await readPulumiProject(join(directory, 'Pulumi.yml'))).toEqual({
    name: 'acme-infra',
    file: join(directory, 'Pulumi.yml'),
    directory,
    stackDirectory: join(directory, 'stacks'),
    extension: '.yml',
    backendUrl: 's3://state',
    defaults: [
      { key: key('aws:region', 'region', [], 'aws'), node: text('eu-west-1') },
      { key: key('dockerHub.username', 'dockerHub', ['username']), node: text('nested') },
      { key: key('list', 'list'), node: { kind: 'list', items: [text('a')] } },
      { key: key('number', 'number'), node: text('0528', true) },
      { key: key('short', 'short'), node: text('s') },
      { key: key('typed', 'typed'), node: text('d') },
      { key: key('value', 'value'), node: text('v') },
    ],
  })
})

test.each([
  ['name: p\nruntime: nodejs\n', '.'],
  ['name: p\nstackConfigDir: ""\n', '.'],
  ['name: p\nstackConfigDir: ../shared\n', '../shared'],
  ['name: p\nstackConfigDir: /abs\n', 'abs'],
  ['name: p\nconfig: old\n', 'old'],
])('keeps the stack files of %j in %s', async (yaml, where) => {
  const { directory } = await scene({ 'Pulumi.yaml': yaml })
  expect(await readPulumiProject(join(directory, 'Pulumi.yaml'))).toMatchObject({
    stackDirectory: join(directory, where),
    defaults: [],
  })
})

test.each([
  ['runtime: nodejs\n', 'the Pulumi project has no name: FILE', 'add `name: …` to it'],
  ['name: ""\n', 'the Pulumi project has no name: FILE', 'add `name: …` to it'],
  ['', 'the Pulumi project has no name: FILE', 'add `name: …` to it'],
  ['name: p\n\tx: y\n', 'FILE:2 is malformed: a tab is used as indentation', 'mend FILE and run it again'],
  [
    'name: p\nconfig:\n  a:b:c: d\n',
    'not a Pulumi config key: a:b:c (a key has the form NAMESPACE:NAME), in the config of FILE',
    'mend FILE and run it again',
  ],
])('refuses the project file %j', async (yaml, message, hint) => {
  const { directory } = await scene({ 'Pulumi.yaml': yaml })
  const file = join(directory, 'Pulumi.yaml')
  expect(await failureOf(() => readPulumiProject(file))).toEqual({
    code: 'ERR_SOURCE_UNREADABLE',
    message: message.replace('FILE', file),
    hint: hint.replace('FILE', file),
  })
})

test('refuses a project file that is not UTF-8, is gone, or is a directory', async () => {
  const { directory } = await scene({ 'Pulumi.json/x': '' })
  const file = join(directory, 'Pulumi.yaml')
  expect(await failureOf(() => readPulumiProject(file))).toMatchObject({ message: `there is no ${file}` })
  await write(file, Buffer.from([0x6e, 0xff, 0xfe]))
  expect(await failureOf(() => readPulumiProject(file))).toEqual({
    code: 'ERR_SOURCE_UNREADABLE',
    message: `not UTF-8 text: ${file}`,
    hint: `save ${file} as UTF-8`,
  })
  const folder = join(directory, 'Pulumi.json')
  expect(await failureOf(() => readPulumiProject(folder))).toMatchObject({
    code: 'ERR_SOURCE_UNREADABLE',
    message: `cannot read ${folder}: EISDIR`,
  })
})

test('reads past a byte-order mark', async () => {
  const { directory } = await scene({ 'Pulumi.yaml': '\ufeffname: p\r\n' })
  expect(await readPulumiProject(join(directory, 'Pulumi.yaml'))).toMatchObject({ name: 'p' })
})
