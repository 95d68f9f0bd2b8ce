import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { PullthroughError } from '../../src/errors.ts'
import type { World } from '../../src/world.ts'

/** A directory of its own, gone when the test has finished, and a world that stands in it. */
export interface Scene {
  readonly directory: string
  readonly world: World
}

/**
 * @param files texts by path, relative to the directory
 * @param env the whole environment
 */
export async function scene(
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
  world: Partial<World> = {},
): Promise<Scene> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'pullthrough-sources-')))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) await write(join(directory, path), text)
  return { directory, world: worldIn(directory, env, world) }
}

export async function write(path: string, text: string | Buffer, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode })
}

/** A world without a network. */
export function worldIn(
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  others: Partial<World> = {},
): World {
  return {
    env,
    cwd,
    fetch: () => Promise.reject(new Error('sources use no network')),
    now: () => new Date('2026-11-23T00:00:00Z'),
    signal: new AbortController().signal,
    timeoutMs: 5_000,
    note: () => undefined,
    ...others,
  }
}

/** What an error is to a caller, its own text and hint included. */
export async function failureOf(
  run: () => unknown,
): Promise<{ code: string; message: string; hint: string | undefined }> {
  try {
    await run()
  } catch (error) {
    const { code, message, hint } = error as PullthroughError
    return { code, message, hint }
  }
  throw new Error('it did not fail')
}
