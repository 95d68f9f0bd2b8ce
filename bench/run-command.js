import { spawn } from 'node:child_process'
import process from 'node:process'

/**
 * A command to run: the program, its arguments, where, and in which environment.
 *
 * @typedef {{ readonly program: string, readonly args: readonly string[], readonly cwd?: string, readonly env: Readonly<Record<string, string | undefined>>, readonly input?: string }} Command
 */

/**
 * Run a command, which must succeed.
 *
 * @param {Command} command
 * @returns {Promise<{ readonly ms: number, readonly stdout: string }>} how long the whole process took, start and end
 * included, and what it printed
 */
export function runCommand({ program, args, cwd, env, input = '' }) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint()
    const child = spawn(program, args, { cwd, env })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => (stdout += chunk.toString()))
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => (stderr += chunk.toString()))
    // Whoever does not read its input may be gone before it is written.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.once('error', reject)
    child.once('close', (code) => {
      const ms = Number(process.hrtime.bigint() - start) / 1e6
      if (code === 0) resolve({ ms, stdout })
      else reject(new Error(`${program} ${args.join(' ')}: exit ${String(code)}\n${stdout}${stderr}`))
    })
  })
}
