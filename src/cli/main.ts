import { setMaxListeners } from 'node:events'
import { addAbortSignal } from 'node:stream'
import { isatty } from 'node:tty'
import { runProgram } from './program.ts'
import { printNote } from './streams.ts'

// The warning is about the SDK's support of Node 20, which a user of this program can do nothing about.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

// No program that the AWS SDK may start (`credential_process`) is to find the credential in its environment.
const env = { ...process.env }
delete process.env['DOCKER_HUB_TOKEN']

const interruption = new AbortController()
// Every request of a run listens to it.
setMaxListeners(0, interruption.signal)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort()
  })
}

// Whoever reads the output may have enough (`| head`): that is no failure, and what was to be written is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const streams = {
  stdout: (text: string) => void process.stdout.write(text),
  stderr: (text: string) => void process.stderr.write(text),
  colour: process.stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
}

process.exitCode = await runProgram(process.argv.slice(2), {
  streams,
  stdin: {
    isTerminal: isatty(0),
    chunks: () => addAbortSignal(interruption.signal, process.stdin),
  },
  world: {
    env,
    cwd: process.cwd(),
    fetch: globalThis.fetch,
    now: () => new Date(),
    signal: interruption.signal,
    timeoutMs: 10_000,
    note: (text) => {
      printNote(streams, text)
    },
  },
})
// Give up whatever is still under way, so that nothing keeps the process.
interruption.abort()
