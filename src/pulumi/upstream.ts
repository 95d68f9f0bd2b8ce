import { secretNames } from '../credential.ts'
import { type Upstream, upstreams } from '../ecr/upstreams.ts'
import { PullthroughError } from '../errors.ts'
import { secretNameProblem } from './shared-secret.ts'

/** What decides where a rule gets its images, and with what. */
export interface UpstreamArgs {
  readonly upstream?: string | undefined
  readonly upstreamRegistryUrl?: string | undefined
  readonly secretName?: string | undefined
  readonly credentialArn?: unknown
}

/** An upstream as one rule has it. */
export interface RuleUpstream {
  readonly url: string
  /** The prefix that such a rule usually has. */
  readonly usualPrefix: string
  /** The secret to look up; `undefined` if the upstream takes none, or its ARN is given. */
  readonly secretName: string | undefined
}

/** @throws {@link PullthroughError} `ERR_USAGE` if there is no such upstream, or what it needs is not given. */
export function ruleUpstream(args: UpstreamArgs): RuleUpstream {
  const { upstream: name = 'docker-hub' } = args
  const upstream = (upstreams as Readonly<Record<string, Upstream>>)[name]
  if (!upstream || !Object.hasOwn(upstreams, name)) {
    throw misused(
      `ECR has no upstream ${JSON.stringify(name)}`,
      `one of ${Object.keys(upstreams).join(', ')}`,
    )
  }
  return {
    url: urlOf(name, upstream, args),
    usualPrefix: upstream.consolePrefix,
    secretName: secretNameOf(name, upstream, args),
  }
}

function urlOf(name: string, { url, isUrl }: Upstream, { upstreamRegistryUrl }: UpstreamArgs): string {
  const wanted = upstreamRegistryUrl ?? url
  if (isUrl(wanted)) return wanted
  throw upstreamRegistryUrl === undefined
    ? misused(`the upstream ${name} has no host of one name`, `give upstreamRegistryUrl: ${url}`)
    : misused(`${JSON.stringify(wanted)} is not a host of the upstream ${name}`, `give ${url}`)
}

function secretNameOf(
  name: string,
  { credential }: Upstream,
  { secretName, credentialArn }: UpstreamArgs,
): string | undefined {
  if (credential !== 'required') {
    if (secretName === undefined && credentialArn === undefined) return undefined
    throw misused(`the upstream ${name} takes no secret`, 'leave secretName and credentialArn out')
  }
  if (credentialArn !== undefined) {
    if (secretName === undefined) return undefined
    throw misused('secretName and credentialArn are both given', 'keep one of them')
  }
  const wanted = secretName ?? (secretNames as Readonly<Record<string, string>>)[name]
  if (wanted === undefined) {
    throw misused(
      `the upstream ${name} needs a secret`,
      'give secretName: ecr-pullthroughcache/…, or credentialArn',
    )
  }
  const problem = secretNameProblem(wanted)
  if (problem !== undefined) {
    throw misused(
      `the secret’s name ${JSON.stringify(wanted)} does not do: ${problem}`,
      'give secretName: ecr-pullthroughcache/…',
    )
  }
  return wanted
}

function misused(what: string, hint: string): PullthroughError {
  return new PullthroughError('ERR_USAGE', what, { hint })
}
