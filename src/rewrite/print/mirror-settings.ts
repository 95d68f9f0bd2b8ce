import type { RulePaths } from '../../ecr/cached-reference.ts'
import { domainOfUrl } from '../../ecr/upstreams.ts'
import { PullthroughError } from '../../errors.ts'
import { buildkitd } from './buildkitd.ts'
import { composeEnv } from './compose-env.ts'
import { containerd } from './containerd.ts'

/** What decides which mirrors there are. */
export interface MirrorPlace {
  /** The registry of ECR: `123456789012.dkr.ecr.us-east-1.amazonaws.com`. */
  readonly host: string
  readonly region: string
  readonly rules: readonly RulePaths[]
  /** The prefix of the rule to take, by registry as references name it (`docker.io`). */
  readonly prefixes: ReadonlyMap<string, string>
  /** Whether AWS gave the rules. If not, only Docker Hub’s is taken to be there, and those of `prefixes`. */
  readonly isAsked: boolean
}

/** A registry, and where a cache has all of it. */
export interface Mirror {
  /** As references name it: `docker.io`. */
  readonly registry: string
  /** The host and the prefix: `123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub`. */
  readonly address: string
  /** The prefix of its rule; empty for none. */
  readonly prefix: string
}

/** The programs that settings are printed for. */
export const mirrorKinds = ['buildkitd', 'containerd', 'compose-env'] as const

export type MirrorKind = (typeof mirrorKinds)[number]

/**
 * The settings that make a program pull from the cache, as lines of its file. Comments say what they cannot do.
 *
 * @throws {@link PullthroughError} `ERR_STATE` if no rule caches a whole registry.
 */
export function mirrorSettings(kind: MirrorKind, place: MirrorPlace): readonly string[] {
  const mirrors = mirrorsIn(place)
  if (mirrors.length === 0) {
    throw new PullthroughError('ERR_STATE', `no rule of ${place.host} caches a whole registry`, {
      hint: 'make a rule without an upstream prefix, as the component PullThroughCache does',
    })
  }
  switch (kind) {
    case 'buildkitd':
      return buildkitd(mirrors, place)
    case 'containerd':
      return containerd(mirrors, place)
    case 'compose-env':
      return composeEnv(mirrors, place)
  }
}

/** Docker Hub first, then the others by name. */
function mirrorsIn({ host, rules, prefixes, isAsked }: MirrorPlace): readonly Mirror[] {
  const whole = rules
    .filter(({ upstreamRepositoryPrefix = 'ROOT' }) => upstreamRepositoryPrefix === 'ROOT')
    .map((rule) => ({
      registry: domainOfUrl(rule.upstreamRegistryUrl),
      prefix: rule.ecrRepositoryPrefix === 'ROOT' ? '' : rule.ecrRepositoryPrefix.replace(/\/$/, ''),
    }))
  const known = [...new Set(whole.map(({ registry }) => registry))].filter(
    (registry) => isAsked || registry === 'docker.io' || prefixes.has(registry),
  )
  return known
    .toSorted((a, b) => Number(b === 'docker.io') - Number(a === 'docker.io') || (a < b ? -1 : 1))
    .flatMap((registry) => {
      const wanted = prefixes.get(registry)?.replace(/\/$/, '')
      const rule = whole.find(
        (one) => one.registry === registry && (wanted === undefined || one.prefix === wanted),
      )
      if (!rule) return []
      return [{ ...rule, address: rule.prefix === '' ? host : `${host}/${rule.prefix}` }]
    })
}
