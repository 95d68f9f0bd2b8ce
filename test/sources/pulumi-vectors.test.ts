import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Located, locate } from '../../src/sources/pulumi-lookup.ts'
import type { PulumiNode } from '../../src/sources/pulumi-document.ts'
import { openerOf } from '../../src/sources/pulumi-opening.ts'
import { ciphertextOf, parsePulumiKey } from '../../src/sources/pulumi-path.ts'
import { findPulumiProject } from '../../src/sources/pulumi-project-lookup.ts'
import { readPulumiProject } from '../../src/sources/pulumi-project.ts'
import { choosePulumiStack } from '../../src/sources/pulumi-stack.ts'
import { readPulumiStackFile } from '../../src/sources/pulumi-stack-file.ts'
import vectors from '../vectors/pulumi-stack-files.json' with { type: 'json' }
import { scene } from './scene.ts'

interface Answer {
  readonly value?: string
  readonly objectValue?: unknown
  readonly secret?: boolean
  readonly error?: string
}

interface Vector {
  readonly name: string
  readonly stack: string
  readonly passphrase: string
  readonly files: Readonly<Record<string, string>>
  readonly config: Readonly<Record<string, Answer>>
  readonly get: Readonly<Record<string, Answer>>
}

test.each(vectors as unknown as readonly Vector[])(
  'answers for every key of $name as the CLI does',
  async ({ stack: stackName, passphrase, files, config, get }) => {
    const { world } = await scene(files, { PULUMI_CONFIG_PASSPHRASE: passphrase })
    const { file = '' } = await findPulumiProject(undefined, world)
    const project = await readPulumiProject(file)
    const stack = await choosePulumiStack(project, undefined, world)
    const stackFile = await readPulumiStackFile(stack.file, project.name)
    const opener = openerOf({ project, stack, stackFile, world }, [])

    async function answer(written: string): Promise<Answer> {
      const key = parsePulumiKey(written, project.name)
      const located = locate(key, stackFile, project)
      if (located.kind === 'absent') {
        return { error: `error: configuration key '${written}' not found for stack '${stackName}'` }
      }
      if (located.kind !== 'structure') {
        const { text, secret } = await open(located)
        return { value: text, secret }
      }
      const secrets: string[] = []
      const objectValue = await toJson(located.node, secrets)
      return { value: JSON.stringify(objectValue), objectValue, secret: secrets.length > 0 }
    }

    async function open(located: Located): Promise<{ text: string; secret: boolean }> {
      const opened = await opener.open(parsePulumiKey('any', project.name), located)
      if (opened.kind === 'secret') return { text: opened.value.reveal(), secret: true }
      return { text: opened.kind === 'plain' ? opened.text : opened.kind, secret: false }
    }

    async function toJson(node: PulumiNode, secrets: string[]): Promise<unknown> {
      const ciphertext = ciphertextOf(node)
      if (ciphertext !== undefined) {
        secrets.push(ciphertext)
        return (await open({ kind: 'encrypted', ciphertext, file })).text
      }
      if (node.kind === 'list') return Promise.all(node.items.map((item) => toJson(item, secrets)))
      if (node.kind !== 'map') return node.kind === 'text' ? node.text : null
      const names = [...node.entries.keys()].toSorted()
      const entries = names.map(async (name): Promise<[string, unknown]> => {
        return [name, await toJson(node.entries.get(name) ?? { kind: 'null' }, secrets)]
      })
      return Object.fromEntries(await Promise.all(entries))
    }

    expect(stack).toEqual({
      name: stackName,
      shortName: stackName,
      file: join(project.stackDirectory, `Pulumi.${stackName}${project.extension}`),
    })
    for (const [key, expected] of Object.entries({ ...config, ...get })) {
      expect(await answer(key)).toEqual(expected)
    }
  },
)

test('there are the 41 stack files that the real CLI made', () => {
  expect(vectors).toHaveLength(41)
})
