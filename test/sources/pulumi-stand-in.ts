import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { write } from './scene.ts'

/** What the stand-in does when it is called. */
export interface StandInAnswer {
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode?: number
  /** Never answer. */
  readonly hangs?: boolean
}

/** What the stand-in saw. */
export interface StandInCall {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/** Put a program named `pulumi` into a directory, and return the PATH that leads to it and the calls it had. */
export async function standInForPulumi(
  directory: string,
  answer: StandInAnswer,
): Promise<{ PATH: string; calls: () => Promise<readonly StandInCall[]> }> {
  const bin = join(directory, 'bin')
  const record = join(directory, 'calls.jsonl')
  const { stdout = '', stderr = '', exitCode = 0, hangs = false } = answer
  const program = `#!${process.execPath}
const { appendFileSync, writeSync } = require('node:fs')
const call = { args: process.argv.slice(2), env: process.env, cwd: process.cwd() }
appendFileSync(${JSON.stringify(record)}, JSON.stringify(call) + '\\n')
writeSync(1, ${JSON.stringify(stdout)})
writeSync(2, ${JSON.stringify(stderr)})
process.exitCode = ${exitCode}
${hangs ? 'setInterval(() => {}, 1000)' : ''}
`
  await write(join(bin, 'pulumi'), program, 0o755)
  await write(record, '')
  return {
    PATH: [bin, join(directory, 'nothing')].join(delimiter),
    async calls() {
      const lines = (await readFile(record, 'utf8')).split('\n').filter((line) => line !== '')
      return lines.map((line) => JSON.parse(line) as StandInCall)
    },
  }
}
