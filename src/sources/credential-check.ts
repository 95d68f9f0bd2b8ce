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
 * white space surrounds it, it is a placeholder, the username is a token or holds one, or no destination could hold it.
 */
export function checkCredential(username: SourceValue<string>, token: SourceValue<Secret>): Credential {
  const credential: Credential = {
    upstream: 'docker-hub',
    username: username.value,
    token: token.value,
  }
  const tokenText = token.value.reveal()
  checkText(username, username.value, isUsernamePlaceholder)
  checkText(token, tokenText, isTokenPlaceholder)
  refuseControlCharacters(username)
  refuseMixUps(username, tokenText)
  if (Buffer.byteLength(secretString(credential)) > largestSecret) {
    const { name, remedy } = username.value.length > tokenText.length ? username : token
    throw new PullthroughError(
      'ERR_CREDENTIAL_INVALID',
      `${name} is too large: Secrets Manager takes at most 65,536 bytes`,
      { hint: remedy },
    )
  }
  return credential
}

/**
 * The longest text that any destination takes, in bytes: that of Secrets Manager. What only GitHub cannot hold, GitHub's
 * part refuses.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
const largestSecret = 65_536

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

/** Refuse what is known to be wrong without a login. Nothing of the user name is shown: it may be a token. */
function refuseMixUps({ name, value, remedy }: SourceValue<string>, token: string): void {
  if (/^dckr_[a-z]+_/.test(value) || value === token) {
    throw new PullthroughError('ERR_CREDENTIAL_INVALID', `${name} is a token, not a Docker ID`, {
      hint: `${remedy}; the two values may be swapped`,
    })
  }
  if (value.includes(':')) {
    throw new PullthroughError('ERR_CREDENTIAL_INVALID', `${name} has a colon in it`, {
      hint: `${remedy}, to the Docker ID alone, and the token apart from it`,
    })
  }
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
