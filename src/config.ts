import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PullthroughError } from './errors.ts'

/** What `pullthrough.yaml` may hold: many of the options of `sync`, by the names of their flags. */
export interface ConfigFile {
  readonly source?: 'pulumi' | 'env' | undefined
  readonly stack?: string | undefined
  readonly usernameKey?: string | undefined
  readonly tokenKey?: string | undefined
  readonly region?: readonly string[] | undefined
  readonly account?: string | undefined
  readonly repo?: readonly string[] | undefined
  readonly only?: 'aws' | 'github' | undefined
  readonly policy?: 'deny-others' | 'allow-only' | undefined
  readonly reader?: readonly string[] | undefined
}

const fileNames = ['pullthrough.yaml', 'pullthrough.yml', 'pullthrough.json']

/**
 * Read the config file: the one that is named, else the one in a directory.
 *
 * @param named `--config FILE`, absolute
 * @returns its options and path; no options and no path if there is none.
 * @throws {@link PullthroughError} `ERR_CONFIG_INVALID` if the named file is not there, or a file is not of the form.
 */
export async function readConfigFile(
  named: string | undefined,
  directory: string,
): Promise<{ readonly path: string | undefined; readonly options: ConfigFile }> {
  const candidates = named === undefined ? fileNames.map((name) => join(directory, name)) : [named]
  for (const path of candidates) {
    const text = await readIfThere(path)
    if (text !== undefined) return { path, options: await parseConfigFile(text, path) }
  }
  if (named === undefined) return { path: undefined, options: {} }
  throw new PullthroughError('ERR_CONFIG_INVALID', `there is no config file ${named}`)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new PullthroughError(
      'ERR_CONFIG_INVALID',
      `the config file ${path} cannot be read: ${code ?? 'unknown'}`,
      {
        cause: error,
      },
    )
  }
}

/** @throws {@link PullthroughError} `ERR_CONFIG_INVALID` with the file and, for malformed YAML, the line. */
export async function parseConfigFile(text: string, path: string): Promise<ConfigFile> {
  const [{ LineCounter, parseDocument }, { z }] = await Promise.all([import('yaml'), import('zod')])
  const lines = new LineCounter()
  // Every scalar stays text: an account keeps its leading zero, quoted or not.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'failsafe' })
  const [malformed] = document.errors
  if (malformed) {
    const { line } = lines.linePos(malformed.pos[0])
    throw new PullthroughError('ERR_CONFIG_INVALID', `${path}:${line}: ${malformed.message}`)
  }

  const oneOrMany = z.union([
    z
      .string()
      .min(1)
      .transform((item) => [item]),
    z.array(z.string().min(1)),
  ])
  const schema = z
    .strictObject({
      source: z.enum(['pulumi', 'env']),
      stack: z.string().min(1),
      usernameKey: z.string().min(1),
      tokenKey: z.string().min(1),
      region: oneOrMany,
      account: z.string().regex(/^\d{12}$/, 'an AWS account has twelve digits'),
      repo: oneOrMany,
      only: z.enum(['aws', 'github']),
      policy: z.enum(['deny-others', 'allow-only']),
      reader: oneOrMany,
    })
    .partial()
  const parsed = schema.safeParse(document.contents === null ? {} : valueOf(document, path))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.')
  throw new PullthroughError(
    'ERR_CONFIG_INVALID',
    `${path}: ${where ? `${where}: ` : ''}${issue?.message ?? 'invalid'}`,
    { hint: `the options are ${Object.keys(schema.shape).join(', ')}` },
  )
}

/** @throws {@link PullthroughError} `ERR_CONFIG_INVALID` for an alias of an anchor that is not there. */
function valueOf(document: { toJS(): unknown }, path: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    throw new PullthroughError('ERR_CONFIG_INVALID', `${path}: ${error.message}`)
  }
}
