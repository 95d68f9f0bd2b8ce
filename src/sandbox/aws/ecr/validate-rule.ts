import { notImplemented } from '../not-implemented.ts'
import type { ValueOf } from '../shape.ts'
import type { Call, Output } from './call.ts'
import { identified, type Rule } from './rule.ts'
import { authorizedRule } from './rules.ts'
import type { shapes } from './shapes.ts'
import type { Registry } from './store.ts'
import { parseUpstreamCredential, readUpstreamSecret } from './upstream-secret.ts'

/**
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ValidatePullThroughCacheRule.html
 *
 * Whatever is wrong with the secret or the login is an answer and not an exception.
 */
export async function validatePullThroughCacheRule(
  call: Call,
  input: ValueOf<(typeof shapes)['ValidatePullThroughCacheRule']>,
): Promise<Output> {
  const { registry, rule } = authorizedRule(call, input)
  const failure = await failureOf(call, rule, registry)
  return {
    ...identified(rule, registry),
    upstreamRegistryUrl: rule.upstreamRegistryUrl,
    isValid: failure === undefined,
    failure,
  }
}

/** None of these was recorded against AWS, which documents no text; the second is what it says of a failed pull. */
const texts = {
  malformedSecret:
    'The secret is not in the required format. It must be a JSON object with the keys username and accessToken.',
  loginFailed:
    'The authentication to the upstream registry failed. Verify that the credentials provided in the pull through ' +
    'cache rule are correct, and try again.',
}

async function failureOf(call: Call, rule: Rule, registry: Registry): Promise<string | undefined> {
  const { fault, world } = call
  if (fault?.kind === 'invalid') {
    return typeof fault['failure'] === 'string' ? fault['failure'] : texts.loginFailed
  }
  if (rule.upstreamRegistry === 'ecr') throw notImplemented('the validation of rules for the upstream ecr')
  if (rule.credentialArn === undefined) return undefined
  const secret = readUpstreamSecret(call, rule.credentialArn, registry)
  if (!secret.readable) return secret.refusal.message
  const credential = parseUpstreamCredential(secret.value)
  if (!credential) return texts.malformedSecret
  if (rule.upstreamRegistry !== 'docker-hub') {
    throw notImplemented(`logins to ${rule.upstreamRegistryUrl} (ValidatePullThroughCacheRule)`)
  }
  const { username, accessToken } = credential
  const isIn = await world.logInToDockerHub({ username, secret: accessToken })
  return isIn ? undefined : texts.loginFailed
}
