import { cachedPaths, type CachedImage } from '../ecr/cached-reference.ts'
import { formatReference, pulledReference } from '../ecr/image-reference.ts'
import { nearestRule } from '../ecr/pull-path.ts'
import { formatRegistryHost } from '../ecr/registry-host.ts'
import { templateFor } from '../ecr/template.ts'
import { domainOfUrl, upstreamOfDomain, upstreams } from '../ecr/upstreams.ts'
import { found } from './causes/cause.ts'
import { ecrCauses } from './causes/ecr.ts'
import { imageCauses } from './causes/image.ts'
import { failed, type Finding, ok, skipped } from './finding.ts'
import { type ImageFacts, imageTarget, meantUpstream } from './image-facts.ts'
import { unanswered } from './image-status.ts'

/** An image of the cache as docker takes it; without the registry if its account is not known. */
export function cachedUri({ region, caller, path: { registry } }: ImageFacts, cached: CachedImage): string {
  const host = registry?.host ?? (caller.value && formatRegistryHost(caller.value.account, region))
  return formatReference({ ...cached, domain: host ?? '' })
}

/** Whether a rule of this account and Region covers the image. */
export function judgeImageRule(facts: ImageFacts): Finding {
  const { region, caller, rules, path, hasImage } = facts
  const { registry, rule, cached, upstream } = path
  const target = imageTarget(facts)
  if (registry && registry.region !== region) {
    return found(imageCauses['registry-of-another-region'], target, {
      region: registry.region,
      asked: region,
    })
  }
  if (registry && caller.value && registry.account !== caller.value.account) {
    const { account } = registry
    return found(imageCauses['registry-of-another-account'], target, { account, own: caller.value.account })
  }
  if (rules.error) return failed('image.rule', target, rules.error)
  if (rule) {
    const { ecrRepositoryPrefix: prefix, upstreamRegistryUrl: url } = rule
    return ok('image.rule', target, `the rule ${prefix} caches ${domainOfUrl(url)}`)
  }
  if (cached) {
    if (hasImage?.value) {
      return found(imageCauses['repository-without-rule'], target, { region, path: cached.path })
    }
    const nearest = nearestRule(cached.path, rules.value)?.ecrRepositoryPrefix
    const corrected = nearest === undefined ? undefined : withPrefix(cached, nearest)
    return found(imageCauses['rule-for-no-prefix'], target, {
      region,
      path: cached.path,
      nearest,
      corrected: corrected && cachedUri(facts, corrected),
    })
  }
  const domain = upstream?.domain ?? ''
  if (upstreamOfDomain(domain) === undefined) {
    const known = Object.keys(upstreams).join(', ')
    return found(imageCauses['upstream-unsupported'], target, { domain, upstreams: known })
  }
  return found(imageCauses['rule-for-no-upstream'], target, { region, domain })
}

function withPrefix(cached: CachedImage, prefix: string): CachedImage {
  const below = cached.path.split('/').slice(prefix.split('/').length)
  return { ...cached, path: [prefix, ...below].join('/') }
}

/** Whether `library/` is where Docker Hub has it: ECR asks for a path to the letter. */
export function judgeLibrary(facts: ImageFacts): Finding {
  const { path, rules, hasImage, atDockerHub } = facts
  const { upstream, mistake, cached, rule } = path
  const target = imageTarget(facts)
  if (!upstream) return skipped('image.library', target, 'the upstream is not known')
  if (upstream.domain !== 'docker.io') {
    return ok('image.library', target, `${upstream.domain} has no library/ of its own`)
  }
  if (hasImage?.value) return ok('image.library', target, 'the image is in the cache under this path')
  const meant = { ...upstream, ...meantUpstream(path) }
  const [, name] = /^library\/(.+)$/.exec(meant.path) ?? []
  if (name !== undefined && atDockerHub?.value?.state === 'hidden') {
    const prefix = rule && rule.ecrRepositoryPrefix !== 'ROOT' ? `${rule.ecrRepositoryPrefix}/` : ''
    return found(imageCauses['library-not-official'], target, { name, prefix })
  }
  if (mistake !== undefined) {
    const [place] = cachedPaths(meant, rules.value ?? [])
    return found(imageCauses[`library-${mistake}`], target, {
      path: cached?.path ?? upstream.path,
      corrected: place && cached ? cachedUri(facts, { ...cached, path: place.path }) : formatReference(meant),
    })
  }
  return ok(
    'image.library',
    target,
    name === undefined ? 'an image with a namespace of its own' : 'an official image',
  )
}

/** Whether whoever pulls can make the first pull of this image. */
export function judgeClient(facts: ImageFacts): Finding {
  const {
    client,
    hasImage,
    path: { registry, cached, rule, mistake },
  } = facts
  const target = imageTarget(facts)
  if (!cached || !rule) return skipped('image.client', target, 'no rule covers the image')
  if (hasImage?.value)
    return ok('image.client', target, 'the image is cached, so that any client can pull it')
  const { digest, ...named } = cached
  const { tag } = pulledReference({ domain: '', ...named })
  const byTag = cachedUri(facts, { path: cached.path, ...(tag === undefined ? {} : { tag }) })
  const needsCache = client === 'lambda' || registry?.fips === true || digest !== undefined
  if (needsCache && !hasImage?.value && hasImage?.value !== false) {
    return skipped('image.client', target, 'whether the image is cached already is not known')
  }
  if (client === 'lambda') return found(imageCauses['lambda-first'], target, { pull: byTag })
  if (registry?.fips) {
    const usual = formatReference({
      domain: formatRegistryHost(registry.account, registry.region),
      path: cached.path,
      ...(tag === undefined ? {} : { tag }),
    })
    return found(imageCauses['fips-first'], target, { usual })
  }
  if (digest !== undefined) return found(imageCauses['digest-first'], target, { byTag })
  const limits = 'docker’s registry-mirrors cannot have a path, and Lambda cannot make the first pull'
  return ok('image.client', target, mistake === undefined ? `pull it as ${byTag}; ${limits}` : limits)
}

/** Whether the repository that the first pull makes can be made, and is of use. */
export function judgeImageTemplate(facts: ImageFacts): Finding {
  const { region, templates, hasRepository, path } = facts
  const { rule, cached } = path
  const target = imageTarget(facts)
  if (!rule || !cached) return skipped('image.template', target, 'no rule covers the image')
  if (hasRepository?.value) {
    return ok('image.template', target, 'the repository is there already, and no template changes it')
  }
  if (templates.error) return unanswered('image.template', target, templates.error)
  const template = templateFor(cached.path, templates.value)
  if (!template) return ok('image.template', target, 'no template: the repository gets ECR’s defaults')
  const { encryptionType = 'AES256', hasResourceTags, customRoleArn, imageTagMutability } = template
  const named = { region, prefix: rule.ecrRepositoryPrefix, template: template.prefix }
  const asStep = (finding: Finding): Finding => ({ ...finding, id: 'image.template' })
  if ((hasResourceTags || encryptionType !== 'AES256') && !customRoleArn) {
    return asStep(found(ecrCauses['template-needs-a-role'], target, named))
  }
  if (imageTagMutability?.startsWith('IMMUTABLE')) {
    return asStep(found(ecrCauses['template-freezes-tags'], target, named))
  }
  return ok('image.template', target, `template ${template.prefix}`)
}
