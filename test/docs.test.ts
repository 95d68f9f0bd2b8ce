import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { type Command, CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { doctorCommand } from '../src/cli/commands/doctor.ts'
import { imageCommand } from '../src/cli/commands/image.ts'
import { rewriteCommand } from '../src/cli/commands/rewrite.ts'
import { sandboxCommand } from '../src/cli/commands/sandbox.ts'
import { syncCommand } from '../src/cli/commands/sync.ts'
import { verifyCommand } from '../src/cli/commands/verify.ts'
import { parseConfigFile } from '../src/config.ts'
import { anchorsOf, below, blocksOf, type Page, pageAt, pages, proseOf } from './markdown.ts'
import { root, stepsOf, workflowFiles } from './workflow-files.ts'

const nothing = () => Promise.resolve()
const commandNamed = (name: string): Command | undefined =>
  [
    syncCommand(nothing),
    verifyCommand(nothing),
    doctorCommand(nothing),
    imageCommand(nothing),
    rewriteCommand(nothing),
    sandboxCommand(nothing),
  ].find((command) => command.name() === name)

/** What is typed after each `pullthrough` of a shell line, up to what the shell takes for itself. */
function argumentsIn(line: string): readonly (readonly string[])[] {
  const call =
    /(?:^|[|;&(])\s*(?:\$ )?(?:npx pullthrough|node bin\/pullthrough\.js|pullthrough) ([a-z][^|;&>]*)/g
  return [...line.replace(/(^|\s)#.*$/, '').matchAll(call)].map(([, typed = '']) =>
    typed
      .replace(/ \d$/, '')
      .trim()
      .split(/\s+/)
      .map((word) => word.replaceAll(/^["']|["']$/g, '')),
  )
}

/** Shell lines of a page: those of blocks for shells, indented ones, and code among the words. */
function shellOf(page: Page): readonly string[] {
  const blocks = blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
  const prose = proseOf(page)
  const indented = prose.split('\n').filter((line) => /^ {4}\S/.test(line))
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => /^(npx )?pullthrough /.test(code))
  return [...blocks, ...indented, ...inline]
}

const typed = [
  ...pages.map((page) => [page.path, shellOf(page).flatMap(argumentsIn)] as const),
  ...workflowFiles.map(
    ({ name, workflow }) =>
      [name, stepsOf(workflow).flatMap(({ run = '' }) => run.split('\n').flatMap(argumentsIn))] as const,
  ),
].filter(([, found]) => found.length > 0)

describe('every command line that a page shows', () => {
  test.each(typed)('%s', async (_, found) => {
    for (const [name = '', ...rest] of found) {
      const command = commandNamed(name)
      expect(command, `pullthrough ${name}`).toBeDefined()
      const complaint = await command
        ?.exitOverride()
        .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
        .parseAsync(rest, { from: 'user' })
        .then(
          () => undefined,
          (error: unknown) => error,
        )
      const isHelp = complaint instanceof CommanderError && complaint.code === 'commander.helpDisplayed'
      expect(isHelp ? undefined : complaint, `pullthrough ${name} ${rest.join(' ')}`).toBeUndefined()
    }
  })

  test('are found at all', () => {
    const all = typed.flatMap(([, found]) => found)
    expect(new Set(all.map(([name]) => name))).toEqual(
      new Set(['sync', 'verify', 'doctor', 'image', 'rewrite', 'sandbox']),
    )
    expect(argumentsIn('docker pull IMAGE 2>&1 | pullthrough doctor   # why?')).toEqual([['doctor']])
    expect(argumentsIn('npx pullthrough sync --dry-run && pulumi up')).toEqual([['sync', '--dry-run']])
  })
})

describe('every link from a page to another file', () => {
  test.each(pages)('$path', (page) => {
    const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
    const broken = targets.filter((target) => {
      const [file = '', anchor] = target.split('#')
      const path = file === '' ? page.path : normalize(join(dirname(page.path), file))
      if (!existsSync(join(root, path))) return true
      return anchor !== undefined && !anchorsOf(pageAt(path)).has(anchor)
    })
    expect(broken).toEqual([])
  })
})

describe('docs/CONFIG.md', () => {
  const page = pageAt('docs/CONFIG.md')
  /** The code in the first cells of a table. */
  const named = (heading: string): ReadonlySet<string> =>
    new Set(
      below(page, heading)
        .text.split('\n')
        .filter((line) => line.startsWith('| `'))
        .flatMap((line) =>
          [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
        ),
    )

  test('has every key of the stacks, and every output', () => {
    const program = readFileSync(join(root, 'infrastructure/index.ts'), 'utf8')
    const keys = [...program.matchAll(/config\.(?:get|require)\w*(?:<\w+>)?\('(\w+)'\)/g)].map(
      ([, key]) => key,
    )
    const outputs = [...program.matchAll(/^export const (\w+)/gm)].map(([, output]) => output)
    const project = parse(readFileSync(join(root, 'infrastructure/Pulumi.yaml'), 'utf8')) as {
      readonly config: object
    }
    expect(new Set(keys)).toEqual(new Set(Object.keys(project.config)))
    expect(named('## The stacks of `infrastructure/`')).toEqual(
      new Set(['aws:region', 'dockerHubUsername', 'dockerHubToken', ...keys, ...outputs]),
    )
  })

  test('has every argument of PullThroughCache', () => {
    const members = (file: string) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name)
    expect(named('## `PullThroughCache`')).toEqual(
      new Set([
        ...members('src/pulumi/pull-through-cache-args.ts'),
        ...members('src/pulumi/repositories.ts'),
      ]),
    )
  })

  test('has every option of every command', () => {
    const { text } = below(page, '## `pullthrough sync`, `verify` and `doctor`')
    const options = [
      syncCommand,
      verifyCommand,
      doctorCommand,
      imageCommand,
      rewriteCommand,
      sandboxCommand,
    ].flatMap((make) => make(nothing).options.map(({ long = '' }) => long))
    expect([...new Set(options)].filter((option) => !text.includes(`\`${option}`))).toEqual([])
  })

  test('has every option of the config file, in a file that can be read', async () => {
    const section = below(page, '## `pullthrough.yaml`')
    const [example] = blocksOf(section)
    const shown = Object.keys(await parseConfigFile(example?.text ?? '', 'example'))
    const others = [...proseOf(section).matchAll(/`(\w+)`/g)].map(([, name]) => name)
    const refusal = await parseConfigFile('nonsense: 1', 'example').catch((error: unknown) => error)
    const { hint = '' } = refusal as { hint?: string }
    const options = hint.replace('the options are ', '').split(', ')
    expect(options.filter((option) => !shown.includes(option) && !others.includes(option))).toEqual([])
    expect(options.length).toBeGreaterThan(5)
  })

  test('has every variable of the environment that the program reads', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.startsWith('sandbox/'),
    )
    const read = sources.flatMap((name) =>
      [...readFileSync(join(root, 'src', name), 'utf8').matchAll(/env\['([A-Z_]+)'\]/g)].map(
        ([, variable]) => variable,
      ),
    )
    const { text } = below(page, '## Environment')
    // Set by the program itself, for a library.
    const own = ['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED']
    const missing = [...new Set(read)].filter(
      (name = '') => !own.includes(name) && !text.includes(`\`${name}\``),
    )
    expect(missing).toEqual([])
    expect(read.length).toBeGreaterThan(10)
  })

  test('has every secret and variable of the workflows, and no other', () => {
    const used = workflowFiles.flatMap(({ text }) =>
      [...text.matchAll(/\b(?:secrets|vars)\.(\w+)/g)].map(([, name]) => name),
    )
    const record = 'DOCKER_HUB_CREDENTIALS_SYNC'
    expect(named('## Workflows')).toEqual(new Set([...used, record]))
  })
})
