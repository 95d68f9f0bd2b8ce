import { spawn } from 'node:child_process'
import { status } from '@grpc/grpc-js'
import language_pb from '@pulumi/pulumi/proto/language_pb.js'
import { environmentOf, locate, optionsOf } from './runtime.js'

/**
 * @typedef {import('@grpc/grpc-js').ServerWritableStream<
 *   import('@pulumi/pulumi/proto/language_pb.js').RunPluginRequest,
 *   import('@pulumi/pulumi/proto/language_pb.js').RunPluginResponse
 * >} Stream
 */

/**
 * Run a policy pack or a component package, and pass on what it prints, its port first, until it ends or the engine
 * hangs up.
 *
 * @param {Stream} stream
 */
export function runPlugin(stream) {
  try {
    start(stream)
  } catch (error) {
    fail(stream, error)
  }
}

/**
 * @param {Stream} stream
 */
function start(stream) {
  const { request } = stream
  const info = request.getInfo()
  const directory = info?.getProgramDirectory() ?? request.getProgram()
  const options = optionsOf(info)
  const isPolicyPack = request.getKind() === 'analyzer'
  const runner = isPolicyPack ? '@pulumi/pulumi/cmd/run-policy-pack' : '@pulumi/pulumi/cmd/run-plugin'
  const args = [
    locate(runner, directory),
    ...options.nodeargs,
    // A policy pack takes its directory last.
    ...(isPolicyPack ? [...request.getArgsList(), directory] : [directory, ...request.getArgsList()]),
  ]
  const child = spawn('node', args, {
    cwd: isPolicyPack ? directory : request.getPwd(),
    env: { ...environment(request.getEnvList()), ...environmentOf(options) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  stream.once('cancelled', () => child.kill())
  process.once('exit', () => child.kill())
  child.stdout.on('data', (/** @type {Uint8Array} */ chunk) => {
    stream.write(new language_pb.RunPluginResponse().setStdout(chunk))
  })
  child.stderr.on('data', (/** @type {Uint8Array} */ chunk) => {
    stream.write(new language_pb.RunPluginResponse().setStderr(chunk))
  })
  child.once('error', (error) => {
    fail(stream, error)
  })
  child.once('close', (code) => {
    if (code === 0) stream.end()
    else fail(stream, `Program exited with non-zero exit code: ${String(code)}`)
  })
}

/**
 * @param {Stream} stream
 * @param {unknown} why
 */
function fail(stream, why) {
  stream.emit('error', { code: status.UNKNOWN, details: why instanceof Error ? why.message : String(why) })
}

/**
 * @param {readonly string[]} entries `NAME=value`
 * @returns {Record<string, string>}
 */
function environment(entries) {
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf('=')
      return [entry.slice(0, at), entry.slice(at + 1)]
    }),
  )
}
