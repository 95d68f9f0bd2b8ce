import { PullthroughError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { World } from '../world.ts'
import { checkCredential } from './credential-check.ts'
import type { OpenSource } from './source.ts'

const usernameVariable = 'DOCKER_HUB_USERNAME'
const tokenVariable = 'DOCKER_HUB_TOKEN'

/**
 * Open the environment as a source: `DOCKER_HUB_USERNAME` and `DOCKER_HUB_TOKEN`.
 *
 * @throws {@link PullthroughError} `ERR_CREDENTIAL_MISSING` if one or both are not set or empty;
 * `ERR_CREDENTIAL_INVALID` as {@link checkCredential} does.
 */
export function openEnvironment({ env }: World): OpenSource {
  const username = env[usernameVariable]
  const token = env[tokenVariable]
  if (!username || !token) throw missing([usernameVariable, username], [tokenVariable, token])
  const credential = checkCredential(
    { name: usernameVariable, value: username, remedy: `set ${usernameVariable} to the Docker ID` },
    {
      name: tokenVariable,
      value: new Secret(token),
      remedy: `set ${tokenVariable} to a Docker Hub access token`,
    },
  )
  return {
    kind: 'env',
    description: `the environment (${usernameVariable}, ${tokenVariable})`,
    region: undefined,
    warnings: [],
    credential: () => Promise.resolve(credential),
  }
}

/** Whether both variables are there, be it with nothing in them. */
export function isEnvironmentSet({ env }: World): boolean {
  return env[usernameVariable] !== undefined && env[tokenVariable] !== undefined
}

function missing(...pair: readonly (readonly [name: string, value: string | undefined])[]): PullthroughError {
  const lacking = pair.filter(([, value]) => !value)
  const isEmpty = lacking.some(([, value]) => value === '')
  const each = lacking.map(([name, value]) => `${name} is ${value === '' ? 'empty' : 'not set'}`)
  const half = lacking.length === 1 ? ', so half of the pair is missing' : ''
  return new PullthroughError('ERR_CREDENTIAL_MISSING', each.join(' and ') + half, {
    hint: isEmpty
      ? 'GitHub gives empty secrets to pull requests from forks and to Dependabot: skip this step there, or add the pair to the Dependabot secrets'
      : `set ${lacking.map(([name]) => name).join(' and ')}`,
  })
}
