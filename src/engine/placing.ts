import { looksLikeToken } from '../checks/image-or-text.ts'
import { ruleOfPath } from '../ecr/cached-reference.ts'
import {
  canonicalReference,
  familiarReference,
  formatReference,
  type ImageReference,
  parseReference,
  referenceProblems,
} from '../ecr/image-reference.ts'
import { parseRegistryHost } from '../ecr/registry-host.ts'
import { upstreams } from '../ecr/upstreams.ts'
import type { Placed, Placing, Variable } from '../rewrite/placing.ts'
import { variableOf } from '../rewrite/variable.ts'
import { type CachePlace, imageAtUpstream, imageInCache } from './image.ts'
import type { Refusal } from './image-refusal.ts'

const kept: Placed = { kind: 'kept' }

/**
 * Put variables before the references of some registries. Who does not set them pulls from the upstream as before.
 *
 * @param registries as references name them: `docker.io`
 */
export function argPlacing(registries: readonly string[]): Placing {
  const variables = registries.map(variableOf)
  return {
    mode: 'arg',
    isReverse: false,
    variables,
    placeBehind: () => kept,
    place: (text) =>
      read(text, (reference) => {
        const { domain } = reference
        const variable = variables.find(({ upstream }) => upstream === domain)
        if (!variable) return kept
        return { kind: 'arg', variable, rest: formatReference(reference).slice(domain.length) }
      }),
  }
}

/** Write the references as the images are called in the cache of one account and Region. */
export function directPlacing(place: CachePlace): Placing {
  return {
    mode: 'direct',
    isReverse: false,
    // Where one is met, whoever builds says where its images are.
    variables: everyVariable([]),
    placeBehind: () => kept,
    place: (text) =>
      read(text, (reference) => {
        const { image, refusal } = imageInCache(formatReference(reference), place)
        if (image) return { kind: 'direct', reference: formatReference(image.cached) }
        const isNobodysCache =
          refusal.reason === 'unsupported-upstream' || parseRegistryHost(reference.domain) !== undefined
        return isNobodysCache ? kept : left(refusal)
      }),
  }
}

/**
 * Lead references back to their upstreams, as docker shows them.
 *
 * @param registries those whose variables there may be besides the usual ones
 * @param place the cache whose references are known; without one, those that name a cache are left
 */
export function reversePlacing(registries: readonly string[], place: CachePlace | undefined): Placing {
  return {
    mode: place ? 'direct' : 'arg',
    isReverse: true,
    variables: everyVariable(registries),
    placeBehind: (variable, rest) => read(`${variable.upstream}/${rest}`, atUpstream),
    place: (text) =>
      read(text, (reference) => {
        if (!parseRegistryHost(reference.domain)) return kept
        if (!place)
          return { kind: 'left', because: 'it names a registry of ECR: --mode direct leads it back' }
        const { image, refusal } = imageAtUpstream(formatReference(reference), place)
        if (image) return atUpstream(image.upstream)
        const isOwn = refusal.reason === 'no-rule' || !ruleOfPath(reference.path, place.rules)
        return isOwn ? kept : left(refusal)
      }),
  }
}

function read(text: string, place: (reference: ImageReference) => Placed): Placed {
  // What looks like a token is an image for nobody, and is repeated nowhere.
  if (text === '' || looksLikeToken(text)) return kept
  const { reference, problem } = parseReference(text)
  return problem === undefined
    ? place(canonicalReference(reference))
    : { kind: 'left', because: referenceProblems[problem] }
}

/** The short form, unless that is another image: `docker.io/acme.example/widgets` has none. */
function atUpstream(upstream: ImageReference): Placed {
  const whole = formatReference(upstream)
  const short = familiarReference(upstream)
  const { reference } = parseReference(short)
  const isSame = reference !== undefined && formatReference(reference) === whole
  return { kind: 'upstream', reference: isSame ? short : whole }
}

/** A refusal begins with the image, which stands before the reason anyway. */
function left({ message }: Refusal): Placed {
  return { kind: 'left', because: message.replace(/^[^\s"]+: /, '') }
}

/** The variables of all upstreams of one host, and of others that are named. */
function everyVariable(registries: readonly string[]): readonly Variable[] {
  const usual = Object.values(upstreams)
    .filter(({ url, isUrl }) => isUrl(url))
    .map(({ url, domain = url }) => domain)
  return [...new Set([...usual, ...registries])].map(variableOf)
}
