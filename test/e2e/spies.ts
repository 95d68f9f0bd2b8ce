import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Programs that write down how they were started, and then become the real ones. */
export interface Spies {
  /** Put this before everything else on PATH. */
  readonly bin: string
  /** Every start so far. */
  starts(): Promise<readonly Start[]>
}

/** How a program was started. */
interface Start {
  readonly program: string
  /** Arguments and environment as the kernel has them, each ended by a zero byte. */
  readonly seen: Buffer
}

/** Make spies for programs, by name; the real ones are given by their paths. */
export async function makeSpies(
  directory: string,
  programs: Readonly<Record<string, string>>,
): Promise<Spies> {
  const bin = join(directory, 'bin')
  const log = join(directory, 'log')
  await mkdir(bin, { recursive: true })
  await mkdir(log)
  for (const [name, real] of Object.entries(programs)) {
    const script = [
      '#!/bin/sh',
      `seen="$(/usr/bin/mktemp '${log}/${name}.XXXXXX')"`,
      '/bin/cat "/proc/$$/cmdline" "/proc/$$/environ" >"$seen"',
      `exec '${real}' "$@"`,
    ]
    await writeFile(join(bin, name), `${script.join('\n')}\n`)
    await chmod(join(bin, name), 0o755)
  }
  return {
    bin,
    async starts() {
      const names = await readdir(log)
      return Promise.all(
        names.map(async (name) => ({
          program: name.split('.')[0] ?? '',
          seen: await readFile(join(log, name)),
        })),
      )
    },
  }
}
