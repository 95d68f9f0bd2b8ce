import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { PullthroughError } from '../../errors.ts'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import type { World } from '../../world.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import { printAnswer, printNote } from '../streams.ts'
import type { SandboxFlags } from './sandbox.ts'

/** The run half of `sandbox`: until it is interrupted, or the command inside has ended. */
export async function runSandbox(flags: SandboxFlags, context: Context): Promise<number> {
  const { json, command } = flags
  const { world, streams } = context
  const sandbox = await start(flags)
  try {
    const [program, ...args] = command
    if (program !== undefined) return await runInside(program, args, sandbox, world)
    printAnswer(
      streams,
      json ? [JSON.stringify({ control: sandbox.control, env: sandbox.env })] : shown(sandbox),
    )
    if (!json) printNote(streams, 'the sandbox is ready; Ctrl-C stops it')
    await interruption(world)
    return exitCodes.done
  } finally {
    await sandbox.close()
  }
}

async function start({ port, upstream }: SandboxFlags): Promise<Sandbox> {
  try {
    return await startSandbox({
      ...(port === undefined ? {} : { port }),
      ...(upstream === undefined ? {} : { upstream }),
    })
  } catch (error) {
    if (error instanceof TypeError && upstream !== undefined) {
      throw new PullthroughError('ERR_USAGE', error.message, {
        hint: 'give --upstream https://registry-1.docker.io, or leave it out',
      })
    }
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    const message = `port ${port ?? 0} or one of the six after it cannot be taken (${code})`
    throw new PullthroughError('ERR_USAGE', message, { hint: 'choose another --port, or leave it out' })
  }
}

/** The environment in the form a shell reads. */
function shown({ control, env }: Sandbox): readonly string[] {
  return [`# control: ${control}`, ...Object.entries(env).map(([name, value]) => `export ${name}=${value}`)]
}

function interruption({ signal }: World): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
}

/** What would lead a command out of the sandbox, or show it real credentials of ours. */
const outside = /^AWS_|^(GH|GITHUB)_(ENTERPRISE_)?TOKEN$/

/** Run a command with the sandbox's environment; its exit code is ours, 128 + N for signal N as in a shell. */
function runInside(
  program: string,
  args: readonly string[],
  { env }: Sandbox,
  { env: outer, cwd, signal }: World,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const kept = Object.fromEntries(Object.entries(outer).filter(([name]) => !outside.test(name)))
    const child = spawn(program, args, { cwd, env: { ...kept, ...env }, stdio: 'inherit' })
    signal.addEventListener('abort', () => {
      child.kill('SIGTERM')
    })
    child.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? 'there is no such command' : error.message
      reject(new PullthroughError('ERR_USAGE', `${program} cannot be run: ${reason}`, { cause: error }))
    })
    child.once('exit', (code, killedBy) => {
      resolve(code ?? 128 + (killedBy ? constants.signals[killedBy] : 0))
    })
  })
}
