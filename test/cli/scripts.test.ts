import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseScript, playScript } from './script.ts'

const directory = join(import.meta.dirname, 'scripts')
const names = readdirSync(directory).filter((name) => name.endsWith('.txt'))

// Each title is the script's first comment.
test.concurrent.each(
  names.map((name) => {
    const text = readFileSync(join(directory, name), 'utf8')
    return [name, (text.split('\n')[0] ?? '').replace(/^# /, ''), text] as const
  }),
)('%s: %s', async (_name, _title, text) => {
  for (const { line, command, expected, printed } of await playScript(parseScript(text))) {
    expect([`line ${line}: ${command}`, ...printed]).toEqual([`line ${line}: ${command}`, ...expected])
  }
})
