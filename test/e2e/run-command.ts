import { type ChildProcess, spawn } from 'node:child_process'

/** What a command printed and ended with. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How to run a command. */
export interface CommandOptions {
  readonly cwd: string
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What it reads on stdin; nothing if absent. */
  readonly input?: string | undefined
  /** Called with the child that was started. */
  readonly onStart?: ((child: ChildProcess) => void) | undefined
}

/** Run a command to its end. Rejects only if it could not be started. */
export function runCommand(
  program: string,
  args: readonly string[],
  { cwd, env, input = '', onStart }: CommandOptions,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env })
    onStart?.(child)
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    // Whoever does not read its input may be gone before it is written.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code, stdout, stderr })
    })
  })
}
