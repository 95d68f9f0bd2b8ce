import { InvalidArgumentError } from 'commander'
import { upstreamOfDomain } from '../../ecr/upstreams.ts'

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html */
const prefixPattern =
  /^(?=.{2,30}$)(?:ROOT|[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*\/?)$/

/** The values of `--prefix`: `ghcr.io=github`; `docker-hub-dev` alone is Docker Hub’s. */
export function prefixes(
  value: string,
  previous: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const [, registry = 'docker.io', prefix = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(value) ?? []
  if (upstreamOfDomain(registry) === undefined) {
    throw new InvalidArgumentError(
      'ECR cannot cache that registry: it is named as in images, docker.io=PREFIX.',
    )
  }
  if (!prefixPattern.test(prefix)) throw new InvalidArgumentError('No rule can have this prefix.')
  if (previous.has(registry)) throw new InvalidArgumentError(`There is one for ${registry} already.`)
  const named = prefix.replace(/\/$/, '')
  if ([...previous.values()].includes(named)) {
    throw new InvalidArgumentError('Another registry has it, and a prefix is that of one rule.')
  }
  return new Map([...previous, [registry, named]])
}
