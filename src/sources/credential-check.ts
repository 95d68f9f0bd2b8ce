import { type Credential, secretString } from '../credential.ts'
import { PullthroughError } from '../errors.ts'
import type { Secret } from '../secret.ts'

/** A value as its source has it. */
export interface SourceValue<Value> {
  /** What the user calls it: `DOCKER_HUB_TOKEN`, `dockerHubToken of stack dev`. */
  readonly name: string
  readonly value: Value
  /** How to put another value there: an imperative clause or a command. */
  readonly remedy: string
}

/**
 * Make a credential of what a source has, or refuse what cannot be one. Everything else passes byte for byte, quotes,
 * backslashes, line breaks and all: whether it is the right one, only the registry can say.
 *
 * @throws {@link PullthroughError} `ERR_CREDENTIAL_MISSING` if one of the two is empty; `ERR_CREDENTIAL_INVALID` if
 * white space surrounds it, it is a placeholder, or no destination could hold it.
 */
export function checkCredential(username: SourceValue<string>, token: SourceValue<Secret>): Credential {
  const credential: Credential = {
    upstream: 'docker-hub',
    username: username.value,
    token: token.value,
  }
  checkText(username, username.value, isUsernamePlaceholder)
  checkText(token, token.value.reveal(), isTokenPlaceholder)
  refuseControlCharacters(username)
  if (Buffer.byteLength(secretString(credential)) > secretsManagerLimit) {
    throw tooLarge(token.name, 'Secrets Manager takes at most 65,536 bytes', token.remedy)
  }
  return credential
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const secretsManagerLimit = 65_536

/**
 * 48 KB, of which a sealed box takes 48 bytes: GitHub does not say whether it counts them.
 * https://docs.github.com/en/actions/reference/security/secrets#limits-for-secrets
 */
const gitHubLimit = 48 * 1024 - 48

function checkText(
  { name, remedy }: SourceValue<unknown>,
  text: string,
  isPlaceholder: (text: string) => boolean,
): void {
  if (text === '') throw new PullthroughError('ERR_CREDENTIAL_MISSING', `${name} is empty`, { hint: remedy })
  const white = surroundingWhiteSpace(text)
  if (white !== undefined) {
    throw new PullthroughError('ERR_CREDENTIAL_INVALID', `${name} ${white}`, {
      hint: `${remedy}, without it; a line break at the end comes from echo or an editor (printf %s adds none)`,
    })
  }
  if (isPlaceholder(text)) {
    throw new PullthroughError('ERR_CREDENTIAL_INVALID', `${name} is a placeholder, not a real value`, {
      hint: remedy,
    })
  }
  if (Buffer.byteLength(text) > gitHubLimit) throw tooLarge(name, 'GitHub takes at most 48 KB', remedy)
}

/** @returns in words, what white space is at the end or the beginning; `undefined` if there is none. */
function surroundingWhiteSpace(text: string): string | undefined {
  const last = /\s$/.exec(text)?.[0]
  if (last !== undefined) return `ends with ${whiteSpaceNames[last] ?? 'white space'}`
  const first = /^\s/.exec(text)?.[0]
  return first === undefined ? undefined : `begins with ${whiteSpaceNames[first] ?? 'white space'}`
}

const whiteSpaceNames: Readonly<Record<string, string>> = {
  '\n': 'a line break',
  '\r': 'a line break',
  '\t': 'a tab',
  ' ': 'a space',
}

/** Control characters and halves of surrogate pairs. A token may have the former: it is opaque. */
function refuseControlCharacters({ name, value, remedy }: SourceValue<string>): void {
  if (!/[\p{Cc}\p{Cs}]/u.test(value)) return
  throw new PullthroughError('ERR_CREDENTIAL_INVALID', `${name} contains a control character`, {
    hint: remedy,
  })
}

/** What examples put in place of a user name. What a Docker ID may well be, such as `username`, passes. */
function isUsernamePlaceholder(text: string): boolean {
  return (
    /^(your|my)[-_ ](docker[-_ ]?(hub[-_ ]?)?)?(user[-_ ]?(name|id)?|id|name|login)$/i.test(text) ||
    /^your(docker(hub)?)?(username|id)$/i.test(text) ||
    isAnyPlaceholder(text)
  )
}

/** What examples put in place of a token, with or without the beginning that Docker's tokens have. */
function isTokenPlaceholder(text: string): boolean {
  const token = text.replace(/^dckr_[a-z]{1,8}_/i, '')
  return (
    token === '' ||
    /^(your|my|the)?[-_ ]?(docker[-_ ]?(hub[-_ ]?)?)?((personal[-_ ]?)?access[-_ ]?)?(token|password|pat|secret)([-_ ]?here)?$/i.test(
      token,
    ) ||
    /^(x{3,64}|todo|tbd|none|placeholder)$/i.test(token) ||
    isAnyPlaceholder(token)
  )
}

function isAnyPlaceholder(text: string): boolean {
  return (
    /^<[a-z _-]*(token|password|secret|pat|user|name|id)[a-z _-]*>$/i.test(text) ||
    /^(change|replace)[-_ ]?me$/i.test(text) ||
    /^(\*{3,64}|\.{3,64}|…|null|undefined)$/i.test(text)
  )
}

function tooLarge(name: string, limit: string, remedy: string): PullthroughError {
  return new PullthroughError('ERR_CREDENTIAL_INVALID', `${name} is too large: ${limit}`, { hint: remedy })
}
