import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { blocksOf, pages } from './markdown.ts'
import { root } from './workflow-files.ts'

/** What an example takes for granted. */
const granted = {
  aws: "import * as aws from '@pulumi/aws'",
  PullThroughCache: "import { PullThroughCache } from 'pullthrough/pulumi'",
  build: 'declare const build: import("@pulumi/aws").iam.Role',
  cache: 'declare const cache: import("pullthrough/pulumi").PullThroughCache',
  ours: 'declare const ours: import("@pulumi/policy").ResourceValidationPolicy[]',
}

const examples = pages.flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === 'ts')
    .map(({ text }, index) => [`${page.path}.${index}.ts`, text] as const),
)

/** The example as a module: with what it uses and does not say. */
function moduleOf(example: string): string {
  const lines = Object.entries(granted)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(example))
    .filter(([name]) => !new RegExp(`(import .*|const )\\b${name}\\b`).test(example))
  return [...lines.map(([, line]) => line), example, 'export {}'].join('\n')
}

const modern: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
}

function complaintsAbout(modules: ReadonlyMap<string, string>, options = modern): readonly string[] {
  const host = ts.createCompilerHost(options)
  const withModules: ts.CompilerHost = {
    ...host,
    fileExists: (path) => modules.has(path) || host.fileExists(path),
    getSourceFile(path, ...rest) {
      const text = modules.get(path)
      return text === undefined
        ? host.getSourceFile(path, ...rest)
        : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022)
    },
  }
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...modules.keys()], options, withModules))
    .map(
      ({ file, messageText }) =>
        `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
}

const inInfrastructure = (name: string) => join(root, 'infrastructure', name.replaceAll('/', '-'))

test('every TypeScript example of the documentation compiles', () => {
  const modules = new Map(examples.map(([name, text]) => [inInfrastructure(name), moduleOf(text)]))
  expect(modules.size).toBeGreaterThanOrEqual(5)
  expect(complaintsAbout(modules)).toEqual([])
})

test('the package is found with the compiler options that `pulumi new` writes', () => {
  const name = inInfrastructure('new.ts')
  const modules = new Map([
    [
      name,
      moduleOf(
        "import { policies } from 'pullthrough/policy'\nexport const all = [new PullThroughCache('docker-hub'), policies]",
      ),
    ],
  ])
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      strict: true,
      target: 'es2020',
      module: 'commonjs',
      moduleResolution: 'node',
      experimentalDecorators: true,
      forceConsistentCasingInFileNames: true,
      // TypeScript 6 asks for it.
      ignoreDeprecations: '6.0',
      skipLibCheck: true,
      noEmit: true,
      types: ['node'],
    },
    root,
  )
  expect(complaintsAbout(modules, options)).toEqual([])
})

test('an example that is wrong would be found', () => {
  const name = inInfrastructure('wrong.ts')
  const wrong = moduleOf("new PullThroughCache('docker-hub', { prefixes: 'x' })")
  expect(complaintsAbout(new Map([[name, wrong]]))).toEqual([
    `${name}: Object literal may only specify known properties, but 'prefixes' does not exist in type 'PullThroughCacheArgs'. Did you mean to write 'prefix'?`,
  ])
})
