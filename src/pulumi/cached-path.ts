import { cachedPaths, type RulePaths } from '../ecr/cached-reference.ts'
import {
  canonicalReference,
  formatReference,
  parseReference,
  referenceProblems,
} from '../ecr/image-reference.ts'
import { domainOfUrl } from '../ecr/upstreams.ts'
import { PullthroughError } from '../errors.ts'

/**
 * Where a rule keeps an image, without the registry: `docker-hub/library/debian:12`.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if the text is no reference, or the rule does not cache it.
 */
export function cachedPath(text: string, rule: RulePaths): string {
  const { reference, problem } = parseReference(text)
  if (problem) {
    throw new PullthroughError(
      'ERR_USAGE',
      `${JSON.stringify(text)} is no image: ${referenceProblems[problem]}`,
      {
        hint: 'write it as docker pull takes it: debian:12, ghcr.io/acme/widgets:1',
      },
    )
  }
  const image = canonicalReference(reference)
  const [cached] = cachedPaths(image, [rule])
  if (cached) return formatReference({ ...image, domain: '', path: cached.path })
  const domain = domainOfUrl(rule.upstreamRegistryUrl)
  throw new PullthroughError(
    'ERR_USAGE',
    `the rule ${rule.ecrRepositoryPrefix} does not cache ${formatReference(image)}`,
    {
      hint:
        image.domain === domain
          ? `it caches what is below ${rule.upstreamRepositoryPrefix ?? 'ROOT'}, as far as the path has at most 255 characters`
          : `it caches ${domain}`,
    },
  )
}
