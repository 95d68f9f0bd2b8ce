import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { startSandbox } from '../dist/sandbox/index.js'
import { runCommand } from './run-command.js'

/**
 * A sandbox and a project made with the Pulumi CLI, for both of those that are compared.
 *
 * @typedef {object} Workplace
 * @property {string} project
 * @property {Readonly<Record<string, string | undefined>>} env
 * @property {(method: string, path: string, body?: unknown) => Promise<unknown>} control
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Workplace>} */
export async function openWorkplace() {
  const directory = await mkdtemp(join(tmpdir(), 'pullthrough-bench-'))
  const place = (/** @type {string} */ name) => join(directory, name)
  for (const name of ['home', 'project', 'pulumi', 'state']) await mkdir(place(name))
  const sandbox = await startSandbox()
  const env = {
    PATH: path(),
    ...sandbox.env,
    HOME: place('home'),
    AWS_PAGER: '',
    // For gh alone: Node's fetch does not look at it, nor does curl for http, and aws is told not to.
    HTTP_PROXY: sandbox.env['PULLTHROUGH_GH_PROXY'],
    NO_PROXY: '127.0.0.1',
    PULUMI_BACKEND_URL: `file://${place('state')}`,
    PULUMI_HOME: place('pulumi'),
    PULUMI_CONFIG_PASSPHRASE: 'correct horse battery staple',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  }
  const cwd = place('project')
  const pulumi = (/** @type {readonly string[]} */ args, input = '') =>
    runCommand({ program: 'pulumi', args: [...args, '--non-interactive'], cwd, env, input })
  await writeFile(join(cwd, 'Pulumi.yaml'), 'name: acme-infra\nruntime: nodejs\n')
  await pulumi(['stack', 'init', 'dev'])
  await pulumi(['config', 'set', 'dockerHubUsername', 'sandbox'])
  await pulumi(['config', 'set', '--secret', 'dockerHubToken'], 'dckr_pat_sandbox_0123456789abcdefghi')
  return {
    project: cwd,
    env,
    async control(method, path, body) {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
      const response = await globalThis.fetch(`${sandbox.control}${path}`, init)
      if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
      return response.json()
    },
    async close() {
      await sandbox.close()
      await rm(directory, { recursive: true })
    },
  }
}

/**
 * The Pulumi CLI is on PATH, or where `.ci/run` built it. Debian's programs come before others of the same name: a
 * version manager's wrapper around `aws` would cost the script more than `aws` itself needs.
 */
function path() {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const ci = join(cache, 'pullthrough-ci/pulumi-3.259.0/bin')
  return ['/usr/bin', '/bin', process.env['PATH'] ?? '', ci].join(delimiter)
}
