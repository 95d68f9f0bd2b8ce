import { readFile } from 'node:fs/promises'
import { PullthroughError } from '../errors.ts'
import { parsePulumiDocument, type PulumiNode } from './pulumi-document.ts'

/**
 * Read a Pulumi file from the disk.
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if it is not there, cannot be read, or is malformed.
 */
export async function readPulumiFile(file: string): Promise<PulumiNode> {
  const document = await readPulumiFileIfThere(file)
  if (document !== undefined) return document
  throw new PullthroughError('ERR_SOURCE_UNREADABLE', `there is no ${file}`)
}

/**
 * Read a Pulumi file from the disk.
 *
 * @returns `undefined` if it is not there.
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if it cannot be read or is malformed.
 */
export async function readPulumiFileIfThere(file: string): Promise<PulumiNode | undefined> {
  const bytes = await readIfThere(file)
  return bytes === undefined ? undefined : parsePulumiDocument(file, decode(file, bytes))
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return undefined
    throw new PullthroughError('ERR_SOURCE_UNREADABLE', `cannot read ${file}: ${String(code)}`, {
      cause: error,
    })
  }
}

function decode(file: string, bytes: Buffer): string {
  try {
    // A byte-order mark is dropped, as by the CLI.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new PullthroughError('ERR_SOURCE_UNREADABLE', `not UTF-8 text: ${file}`, {
      hint: `save ${file} as UTF-8`,
    })
  }
}
