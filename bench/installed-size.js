import { lstat, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { runCommand } from './run-command.js'

/**
 * Install the package as a user does, without development dependencies, and weigh what arrives. Needs the registry,
 * or npm's cache of it.
 *
 * @param {string} repository
 * @returns {Promise<{ readonly dependencies: number, readonly own: number, readonly packages: number }>} bytes of all
 * files of the dependencies, bytes of the package's own files, and how many dependencies there are
 */
export async function installedSize(repository) {
  const directory = await mkdtemp(join(tmpdir(), 'pullthrough-size-'))
  try {
    const npm = (/** @type {readonly string[]} */ args, /** @type {string} */ cwd) =>
      runCommand({ program: 'npm', args: [...args, '--loglevel=error'], cwd, env: process.env })
    const packed = await npm(
      ['pack', '--json', '--ignore-scripts', '--pack-destination', directory],
      repository,
    )
    /** @type {unknown} */
    const answer = JSON.parse(packed.stdout)
    const [{ filename }] = /** @type {[{ filename: string }]} */ (answer)
    await writeFile(join(directory, 'package.json'), '{"private":true}\n')
    await npm(['install', '--omit=dev', '--no-audit', '--no-fund', `./${filename}`], directory)

    const modules = join(directory, 'node_modules')
    const own = await bytesIn(join(modules, 'pullthrough'))
    const listed = await npm(['ls', '--all', '--parseable'], directory)
    return {
      own,
      dependencies: (await bytesIn(modules)) - own,
      // The first line is the folder itself, and one is the package.
      packages: listed.stdout.trim().split('\n').length - 2,
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

/**
 * @param {string} directory
 * @returns {Promise<number>}
 */
async function bytesIn(directory) {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await lstat(join(entry.parentPath, entry.name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
