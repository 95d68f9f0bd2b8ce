import { spawn } from 'node:child_process'
import language_pb from '@pulumi/pulumi/proto/language_pb.js'
import { environmentOf, locate, optionsOf } from './runtime.js'

/** The program has told the user what is wrong already. */
const actionable = 32

/**
 * Run a Pulumi program to its end.
 *
 * @param {import('./serve.js').Host} host
 * @param {import('@pulumi/pulumi/proto/language_pb.js').RunRequest} request
 * @param {import('@grpc/grpc-js').ServerUnaryCall<unknown, unknown>} call
 * @returns {Promise<import('@pulumi/pulumi/proto/language_pb.js').RunResponse>}
 */
export async function runProgram(host, request, call) {
  const info = request.getInfo()
  const directory = info?.getProgramDirectory() ?? request.getPwd()
  const options = optionsOf(info)
  const args = [
    ...options.nodeargs,
    locate('@pulumi/pulumi/cmd/run', directory),
    ...flags({
      monitor: request.getMonitorAddress(),
      engine: host.engine,
      organization: request.getOrganization(),
      project: request.getProject(),
      'root-directory': info?.getRootDirectory() ?? '',
      stack: request.getStack(),
      pwd: directory,
    }),
    ...(request.getDryrun() ? ['--dry-run'] : []),
    ...flags({ parallel: String(request.getParallel()) }),
    info?.getEntryPoint() ?? '.',
    ...request.getArgsList(),
  ]
  const env = {
    ...host.env,
    ...environmentOf(options),
    PULUMI_CONFIG: JSON.stringify(configOf(request)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  }
  const child = spawn('node', args, { env, stdio: ['ignore', 'inherit', 'inherit'] })
  call.on('cancelled', () => child.kill('SIGINT'))
  /** @type {number | null} */
  const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))
  const response = new language_pb.RunResponse()
  if (code === 0) return response
  if (code === actionable) return response.setBail(true)
  return response.setError(`Program exited with non-zero exit code: ${String(code)}`)
}

/**
 * The stack's config, by keys of the old form, which every version of the SDK reads.
 *
 * @param {import('@pulumi/pulumi/proto/language_pb.js').RunRequest} request
 */
function configOf(request) {
  const entries = request.getConfigMap().toArray()
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const [namespace = '', ...name] = key.split(':')
      return [`${namespace}:config:${name.join(':')}`, value]
    }),
  )
}

/** @param {Record<string, string>} values */
function flags(values) {
  return Object.entries(values).flatMap(([name, value]) => (value === '' ? [] : [`--${name}`, value]))
}
