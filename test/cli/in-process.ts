import { setMaxListeners } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { writePulumiProject } from '../../demo/pulumi-project.js'
import { runProgram } from '../../src/cli/program.ts'
import { type Sandbox, type SandboxState, startSandbox } from '../../src/sandbox/index.ts'
import type { LoggedRequest } from '../../src/sandbox/request-log.ts'

/** What one command line printed and ended with. */
export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A sandbox, a project with an encrypted stack file, and a way to run command lines against them. */
export interface Bench {
  readonly sandbox: Sandbox
  readonly directory: string
  run(argv: readonly string[], options?: RunOptions): Promise<Run>
  control(method: string, path: string, body?: unknown): Promise<unknown>
  requests(): Promise<readonly LoggedRequest[]>
  close(): Promise<void>
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly signal?: AbortSignal
  /** What stdin has; without it, stdin is a terminal. */
  readonly stdin?: string
}

/** One secret of the sandbox. */
export type SecretState = SandboxState['aws'][string][string]['secrets'][number]

/** The sandbox's own account at Docker Hub. */
export const seeded = { username: 'sandbox', token: 'dckr_pat_sandbox_0123456789abcdefghi' }

const passphrase = 'correct horse battery staple'

/** Set up; the caller closes. */
export async function openBench(
  config: Parameters<typeof writePulumiProject>[1]['config'] = {},
): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'pullthrough-bench-'))
  await writePulumiProject(directory, {
    project: 'acme-infra',
    stack: 'dev',
    passphrase,
    config: { dockerHubUsername: seeded.username, dockerHubToken: { secret: seeded.token }, ...config },
  })
  const sandbox = await startSandbox()
  const control = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    const response = await fetch(`${sandbox.control}${path}`, init)
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
    return await response.json()
  }
  return {
    sandbox,
    directory,
    control,
    requests: async () => (await control('GET', '/requests')) as readonly LoggedRequest[],
    async run(argv, { env = {}, cwd = directory, signal = new AbortController().signal, stdin } = {}) {
      setMaxListeners(0, signal)
      let stdout = ''
      let stderr = ''
      const streams = {
        stdout: (text: string) => void (stdout += text),
        stderr: (text: string) => void (stderr += text),
      }
      const code = await runProgram(argv, {
        streams,
        stdin: {
          isTerminal: stdin === undefined,
          chunks: () => Readable.from([Buffer.from(stdin ?? '')]),
        },
        world: {
          env: {
            PATH: process.env['PATH'],
            HOME: directory,
            ...sandbox.env,
            PULUMI_CONFIG_PASSPHRASE: passphrase,
            ...env,
          },
          cwd,
          fetch: globalThis.fetch,
          now: () => new Date(),
          signal,
          timeoutMs: 10_000,
          note: (text) => {
            streams.stderr(`pullthrough: ${text}\n`)
          },
        },
      })
      return { code, stdout, stderr }
    },
    async close() {
      await sandbox.close()
      await rm(directory, { recursive: true })
    },
  }
}
