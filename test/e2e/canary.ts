import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A token that no one else has, with characters that JSON, URLs and shells write differently. It begins as a personal
 * access token of Docker Hub does.
 */
export const canary = 'dckr_pat_canary"\\+/=& $(id)_0123456789'

/** The names of the forms of a secret that a text holds: as it is, or as some encoding writes it. */
export function formsIn(text: string | Buffer, secret: string = canary): readonly string[] {
  const searched = Buffer.from(text)
  return Object.entries(formsOf(secret))
    .filter(([, form]) => searched.includes(form))
    .map(([name]) => name)
}

/** Every file below a directory that holds a form of the canary, with the forms. Links are not followed. */
export async function filesWithCanary(
  directory: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  const found: Record<string, readonly string[]> = {}
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const forms = formsIn(await readFile(path))
    if (forms.length > 0) found[path] = forms
  }
  return found
}

function formsOf(secret: string): Readonly<Record<string, string>> {
  return {
    plain: secret,
    json: JSON.stringify(secret).slice(1, -1),
    url: encodeURIComponent(secret),
    form: new URLSearchParams({ secret }).toString().slice('secret='.length),
    hex: Buffer.from(secret).toString('hex'),
    // Wherever it begins among the three bytes that base64 takes at a time; what its neighbours share is cut off.
    ...Object.fromEntries(
      [0, 1, 2].flatMap((offset) => {
        const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
        const whole = bytes.subarray(offset === 0 ? 0 : 3, bytes.length - (bytes.length % 3))
        return (['base64', 'base64url'] as const).map((encoding) => [
          `${encoding} at ${offset}`,
          whole.toString(encoding),
        ])
      }),
    ),
  }
}
