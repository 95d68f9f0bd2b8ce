import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findPulumiProject } from '../../src/sources/pulumi-project-lookup.ts'
import { failureOf, scene, worldIn } from './scene.ts'

test.each([
  ['the current directory', ['Pulumi.yaml'], '.', 'Pulumi.yaml'],
  ['a directory above', ['Pulumi.yaml', 'a/b/x'], 'a/b', 'Pulumi.yaml'],
  ['./infrastructure', ['infrastructure/Pulumi.yaml'], '.', 'infrastructure/Pulumi.yaml'],
  [
    './infrastructure before above',
    ['Pulumi.yaml', 'a/infrastructure/Pulumi.yaml'],
    'a',
    'a/infrastructure/Pulumi.yaml',
  ],
  ['.json before .yaml', ['Pulumi.json', 'Pulumi.yaml', 'Pulumi.yml'], '.', 'Pulumi.json'],
  ['.yaml before .yml', ['Pulumi.yml', 'Pulumi.yaml'], '.', 'Pulumi.yaml'],
  ['.yml', ['Pulumi.yml'], '.', 'Pulumi.yml'],
  ['near before far', ['Pulumi.json', 'a/Pulumi.yml'], 'a', 'a/Pulumi.yml'],
])('finds the project in %s', async (_where, files, cwd, found) => {
  const { directory } = await scene(Object.fromEntries(files.map((file) => [file, ''])))
  const lookup = await findPulumiProject(undefined, worldIn(join(directory, cwd)))
  expect(lookup).toEqual({
    file: join(directory, found),
    places: [join(directory, cwd), join(directory, cwd, 'infrastructure'), 'the directories above'],
  })
})

test.each([
  ['pulumi.yaml', 'another case'],
  ['Pulumi.dev.yaml', 'a stack file'],
  ['Pulumi.yaml/x', 'a directory'],
  ['infrastructure/a/Pulumi.yaml', 'below ./infrastructure'],
])('does not take %s for a project (%s)', async (file) => {
  const { directory, world } = await scene({ [file]: '' })
  expect(await findPulumiProject(undefined, world)).toEqual({
    file: undefined,
    places: [directory, join(directory, 'infrastructure'), 'the directories above'],
  })
})

test('looks with --cwd in that directory and above, and nowhere else', async () => {
  const { directory, world } = await scene({
    'a/Pulumi.yaml': '',
    'a/b/x': '',
    'c/infrastructure/Pulumi.yaml': '',
  })
  expect(await findPulumiProject('a/b', world)).toEqual({
    file: join(directory, 'a/Pulumi.yaml'),
    places: [`${join(directory, 'a/b')} and above`],
  })
  expect(await findPulumiProject('c', world)).toEqual({
    file: undefined,
    places: [`${join(directory, 'c')} and above`],
  })
})

test.each(['nowhere', 'Pulumi.yaml'])('refuses --cwd %s, which is no directory', async (cwd) => {
  const { world } = await scene({ 'Pulumi.yaml': '' })
  expect(await failureOf(() => findPulumiProject(cwd, world))).toEqual({
    code: 'ERR_USAGE',
    message: `--cwd names no directory: ${cwd}`,
    hint: undefined,
  })
})
