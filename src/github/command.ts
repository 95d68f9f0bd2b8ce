import { execFile } from 'node:child_process'
import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'

/** What became of a command. */
export type CommandOutcome =
  | { readonly state: 'done'; readonly output: string }
  /** It ran and said no, or was stopped after the world's time-out. `reason` is the last line of its complaint. */
  | { readonly state: 'failed'; readonly reason: string }
  /** It is not installed. */
  | { readonly state: 'missing' }

/**
 * Run `git` or `gh`, without a shell, and collect what it prints. It gets the world's environment, except the
 * credential that is none of its business.
 *
 * @throws {@link PullthroughError} `ERR_INTERRUPTED`.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  cwd: string,
  { env, signal, timeoutMs }: World,
): Promise<CommandOutcome> {
  const childEnv = { ...env, DOCKER_HUB_TOKEN: undefined }
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env: childEnv, signal, timeout: timeoutMs }, (error, stdout, stderr) => {
      if (signal.aborted) {
        reject(new PullthroughError('ERR_INTERRUPTED', 'interrupted'))
        return
      }
      if (!error) {
        resolve({ state: 'done', output: stdout })
        return
      }
      if (error.code === 'ENOENT') {
        resolve({ state: 'missing' })
        return
      }
      const complaint = stderr.trim().split('\n').at(-1)?.trim()
      const reason = error.killed ? `no answer after ${timeoutMs / 1000} s` : complaint
      resolve({ state: 'failed', reason: reason ?? '' })
    })
  })
}
