import { Buffer } from 'node:buffer'
import { createCipheriv, pbkdf2, randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { stringify } from 'yaml'

/** @typedef {{ encryptionSalt: string, encrypt: (text: string) => string }} Encryption */

/**
 * @typedef {object} PulumiProjectOptions
 * @property {string} project the project's name, which is the namespace of bare keys
 * @property {string} stack
 * @property {string} passphrase
 * @property {Encryption} [encryption] made of the passphrase before: several projects may share it, which saves time
 * @property {Record<string, unknown>} config the stack's config; `{ secret: TEXT }` is encrypted, at any depth
 * @property {Record<string, unknown>} [defaults] the project's `config`
 * @property {string} [stackConfigDir] where the stack file goes, from the project's directory
 * @property {'.yaml' | '.yml' | '.json'} [extension]
 */

/**
 * Write a Pulumi project with one stack, its secrets encrypted, as `pulumi stack init` and `pulumi config set` leave
 * them. It shares no code with what reads it.
 *
 * @param {string} directory made if it is not there
 * @param {PulumiProjectOptions} options
 * @returns {Promise<{ projectFile: string, stackFile: string }>}
 */
export async function writePulumiProject(directory, options) {
  const { project, stack, passphrase, config, defaults, stackConfigDir, extension = '.yaml' } = options
  const { encryptionSalt, encrypt } = options.encryption ?? (await passphraseEncryption(passphrase))
  const projectFile = join(directory, `Pulumi${extension}`)
  const stackFile = join(directory, stackConfigDir ?? '', `Pulumi.${stack}${extension}`)
  await writeDocument(projectFile, {
    name: project,
    runtime: 'nodejs',
    ...(stackConfigDir === undefined ? {} : { stackConfigDir }),
    ...(defaults === undefined ? {} : { config: defaults }),
  })
  /** @type {Record<string, unknown>} */
  const encrypted = {}
  for (const [key, value] of Object.entries(config)) {
    encrypted[key.includes(':') ? key : `${project}:${key}`] = encryptSecrets(value, encrypt)
  }
  await writeDocument(stackFile, { encryptionsalt: encryptionSalt, config: encrypted })
  return { projectFile, stackFile }
}

/**
 * Pulumi's passphrase provider: AES-256-GCM with a key from PBKDF2-HMAC-SHA256, and a known word by which a wrong
 * passphrase is recognized.
 *
 * @param {string} passphrase
 * @returns {Promise<Encryption>}
 */
export async function passphraseEncryption(passphrase) {
  const salt = randomBytes(8)
  const key = await promisify(pbkdf2)(passphrase, salt, 1_000_000, 32, 'sha256')

  /** @param {string} text */
  function encrypt(text) {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `v1:${nonce.toString('base64')}:${data.toString('base64')}`
  }

  return { encryptionSalt: `v1:${salt.toString('base64')}:${encrypt('pulumi')}`, encrypt }
}

/**
 * @param {unknown} value
 * @param {(text: string) => string} encrypt
 * @returns {unknown}
 */
function encryptSecrets(value, encrypt) {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => encryptSecrets(item, encrypt))
  const entries = Object.entries(value)
  if (entries.length === 1 && 'secret' in value && typeof value.secret === 'string') {
    return { secure: encrypt(value.secret) }
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, encryptSecrets(item, encrypt)]))
}

/**
 * @param {string} file
 * @param {unknown} content
 */
async function writeDocument(file, content) {
  await mkdir(dirname(file), { recursive: true })
  // YAML 1.1 puts everything in quotes that Pulumi's parser would take for a date, a number or a boolean.
  const text = file.endsWith('.json')
    ? `${JSON.stringify(content, null, 4)}\n`
    : stringify(content, { version: '1.1', lineWidth: 0 })
  await writeFile(file, text)
}
