import { imageCauses } from '../checks/causes/image.ts'
import { cachedPaths, type CachedImage, type RulePaths, whyNotCached } from '../ecr/cached-reference.ts'
import {
  formatReference,
  type ImageReference,
  longestPath,
  type ReferenceProblem,
  referenceProblems,
} from '../ecr/image-reference.ts'
import { nearestRule, withLibraryMended } from '../ecr/pull-path.ts'
import type { RegistryHost } from '../ecr/registry-host.ts'
import { domainOfUrl, upstreamOfDomain, upstreams } from '../ecr/upstreams.ts'
import type { CachePlace } from './image.ts'

/** Why an image has no name in the cache, or none at an upstream, by stable names, and what each means. */
export const refusalReasons = {
  'not-a-reference': 'it is not of the form that images are named in',
  token: 'it looks like a token, and is repeated nowhere',
  'in-registry': 'it is in the registry of the cache already',
  'unsupported-upstream': 'ECR cannot cache images of its registry',
  'no-rule': 'no rule of the Region caches it',
  'path-taken': 'another rule with a longer prefix has the path that it would get',
  'too-long': 'its path would be longer than 255 characters',
  'other-registry': 'it is in the registry of another account or Region',
  'library-missing': 'the upstream is Docker Hub, and the path has no namespace',
} as const

/** An image that has no such name. */
export interface Refusal {
  readonly reason: keyof typeof refusalReasons
  /** What is wrong with which image: one clause. */
  readonly message: string
  /** What to do about it. */
  readonly hint: string
}

/** The refusals, each in its words. */
export const refusals = {
  token(): Refusal {
    return {
      reason: 'token',
      message: 'this looks like a token, and not like an image',
      hint: 'give an image; if it is a real token and was typed, it is in the shell’s history now: replace it',
    }
  },

  invalid(text: string, problem: ReferenceProblem): Refusal {
    return {
      reason: 'not-a-reference',
      message: `${JSON.stringify(shortened(text))} is no image: ${referenceProblems[problem]}`,
      hint: 'write it as docker pull takes it: debian:12, ghcr.io/acme/widgets:1',
    }
  },

  prefixed(cached: CachedImage, prefix: string): Refusal {
    const image = formatReference({ ...cached, domain: '' })
    return {
      reason: 'in-registry',
      message: `${image}: this is a repository of the cache already, below the prefix ${prefix}`,
      hint: `what it comes from: pullthrough image --reverse ${image}; if it is an image of Docker Hub, write docker.io/${image}`,
    }
  },

  inRegistry(image: ImageReference, isCached: boolean): Refusal {
    const shown = formatReference(image)
    return {
      reason: 'in-registry',
      message: `${shown}: this is in the registry already, ${isCached ? 'as an image of the cache' : 'and no rule makes it'}`,
      hint: isCached
        ? `pull it as it is; what it comes from: pullthrough image --reverse ${shown}`
        : 'pull it as it is',
    }
  },

  notCached(image: ImageReference, place: CachePlace): Refusal {
    const { region, rules, isAsked, prefixes } = place
    const shown = formatReference(image)
    const { domain } = image
    const missing = whyNotCached(image, rules)
    switch (missing?.why) {
      case 'too-long':
        return refusals.tooLong(image, missing.path)
      case 'path-taken':
        return {
          reason: 'path-taken',
          message: `${shown}: it would be ${missing.path}, which is below the longer prefix ${missing.by.ecrRepositoryPrefix} of a rule for ${domainOfUrl(missing.by.upstreamRegistryUrl)}`,
          hint: 'pull it from there, or let a rule with another prefix cache it',
        }
      case 'other-part':
        return {
          reason: 'no-rule',
          message: `${shown}: of ${domain} the rules in ${region} cache other parts alone: ${partsOf(missing.rules)}`,
          hint: whatMakesOne(region),
        }
      case 'no-rule':
      case undefined:
        break
    }
    if (domain === '') {
      return {
        reason: 'unsupported-upstream',
        message: `${shown}: it names no registry, since what is before the first / is no domain`,
        hint: 'write it as docker pull takes it: debian:12, ghcr.io/acme/widgets:1',
      }
    }
    if (upstreamOfDomain(domain) === undefined) {
      const known = Object.keys(upstreams).join(', ')
      return {
        reason: 'unsupported-upstream',
        message: `${shown}: ${imageCauses['upstream-unsupported'].cause({ domain, upstreams: known })}`,
        hint: imageCauses['upstream-unsupported'].fix({ domain, upstreams: known }),
      }
    }
    const prefix = prefixes.get(domain)
    if (!isAsked) {
      return {
        reason: 'no-rule',
        message: `${shown}: the prefix of the rule for ${domain} is not known without asking AWS`,
        hint: `give it: --prefix ${domain}=PREFIX`,
      }
    }
    const without = imageCauses['rule-for-no-upstream'].cause({ region, domain })
    return {
      reason: 'no-rule',
      message: `${shown}: ${without}${prefix === undefined ? '' : ` with the prefix ${prefix}`}; ${rulesThere(rules)}`,
      hint: whatMakesOne(region),
    }
  },

  tooLong(image: ImageReference, path: string): Refusal {
    return {
      reason: 'too-long',
      message: `${formatReference(image)}: its path would have ${path.length} characters, and a reference has at most ${longestPath}`,
      hint: 'pull it from its registry, or let a rule with a shorter prefix cache it',
    }
  },

  otherRegistry(image: ImageReference, { account, region }: RegistryHost, place: CachePlace): Refusal {
    const other =
      account === place.account
        ? imageCauses['registry-of-another-region'].fix({ region, asked: place.region })
        : imageCauses['registry-of-another-account'].fix({ account, own: place.account })
    return {
      reason: 'other-registry',
      message: `${formatReference(image)}: it is in the registry of ${account} in ${region}, and the rules are those of ${place.account} in ${place.region}`,
      hint: place.isAsked ? other : `give its own: --account ${account} --region ${region}`,
    }
  },

  noRuleOfPath(cached: ImageReference, { region, rules, isAsked }: CachePlace): Refusal {
    const shown = formatReference(cached)
    const hint = 'give a repository of the cache or its ECR URI: docker-hub/library/debian:12'
    if (!isAsked) {
      return {
        reason: 'no-rule',
        message: `${shown}: it begins with none of the prefixes that are known without asking AWS: ${prefixesOf(rules)}`,
        hint: `${hint}; or give its prefix: --prefix REGISTRY=PREFIX`,
      }
    }
    const nearest = nearestRule(cached.path, rules)?.ecrRepositoryPrefix
    const without = imageCauses['rule-for-no-prefix'].cause({
      region,
      path: cached.path,
      nearest,
      corrected: undefined,
    })
    return {
      reason: 'no-rule',
      message: `${shown}: ${without}; ${rulesThere(rules)}`,
      hint,
    }
  },

  libraryMissing(cached: ImageReference, upstream: ImageReference, { rules }: CachePlace): Refusal {
    const meant = { ...upstream, path: withLibraryMended(upstream.path, 'missing') }
    const [place] = cachedPaths(meant, rules)
    const corrected = formatReference(place ? { ...cached, path: place.path } : meant)
    const facts = { path: cached.path, corrected }
    return {
      reason: 'library-missing',
      message: `${formatReference(cached)}: ${imageCauses['library-missing'].cause(facts)}`,
      hint: imageCauses['library-missing'].fix(facts),
    }
  },
} as const

function whatMakesOne(region: string): string {
  return `run: pulumi up, for the stack that makes the rule in ${region} (new PullThroughCache); or pull it from where it is`
}

function rulesThere(rules: readonly RulePaths[]): string {
  if (rules.length === 0) return 'there are no rules at all'
  return `those there are cache ${prefixesOf(rules)}`
}

/** `docker.io (docker-hub), quay.io (quay)` */
function prefixesOf(rules: readonly RulePaths[]): string {
  const each = rules.map((rule) => `${domainOfUrl(rule.upstreamRegistryUrl)} (${rule.ecrRepositoryPrefix})`)
  return each.toSorted().join(', ')
}

function partsOf(rules: readonly RulePaths[]): string {
  return rules
    .map(({ ecrRepositoryPrefix: prefix, upstreamRepositoryPrefix: part = 'ROOT' }) => `${part} (${prefix})`)
    .join(', ')
}

/** As much of a text as tells which it is. */
function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
