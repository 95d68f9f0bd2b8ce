import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RulePaths, whyNotCached } from '../../src/ecr/cached-reference.ts'
import {
  canonicalReference,
  familiarReference,
  formatReference,
  type ImageReference,
  parseReference,
} from '../../src/ecr/image-reference.ts'
import { type CachePlace, imageAtUpstream, imageInCache } from '../../src/engine/image.ts'

const account = '123456789012'
const region = 'us-east-1'
const host = `${account}.dkr.ecr.${region}.amazonaws.com`
const peer = '210987654321.dkr.ecr.eu-west-1.amazonaws.com'
const digest = `sha256:${'0'.repeat(64)}`

const hub: RulePaths = { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: 'registry-1.docker.io' }
const stackHub: RulePaths = { ...hub, ecrRepositoryPrefix: 'docker-hub-dev' }
const github: RulePaths = { ecrRepositoryPrefix: 'github', upstreamRegistryUrl: 'ghcr.io' }
const azure: RulePaths = { ecrRepositoryPrefix: 'azure', upstreamRegistryUrl: 'acme.azurecr.io' }
const chainguard: RulePaths = {
  ecrRepositoryPrefix: 'cg',
  upstreamRegistryUrl: 'cgr.dev',
  upstreamRepositoryPrefix: 'acme.example',
}
const ofPeer: RulePaths = {
  ecrRepositoryPrefix: 'peer',
  upstreamRegistryUrl: peer,
  upstreamRepositoryPrefix: 'team-a',
}

function placeWith(rules: readonly RulePaths[], more: Partial<CachePlace> = {}): CachePlace {
  return { region, account, rules, prefixes: new Map(), isAsked: true, ...more }
}

/** Both names in full, and the rule. */
function names({ image, refusal }: ReturnType<typeof imageInCache>) {
  if (refusal) return refusal.reason
  return [formatReference(image.upstream), formatReference(image.cached), image.rule]
}

const all = placeWith([hub, github, azure, chainguard, ofPeer])

describe('an image', () => {
  test.each([
    ['debian:12', 'docker.io/library/debian:12', 'docker-hub/library/debian:12'],
    ['debian', 'docker.io/library/debian', 'docker-hub/library/debian'],
    [' docker://debian:12 ', 'docker.io/library/debian:12', 'docker-hub/library/debian:12'],
    ['grafana/grafana:11.0.0', 'docker.io/grafana/grafana:11.0.0', 'docker-hub/grafana/grafana:11.0.0'],
    ['index.docker.io/debian', 'docker.io/library/debian', 'docker-hub/library/debian'],
    ['registry-1.docker.io/acme/widgets', 'docker.io/acme/widgets', 'docker-hub/acme/widgets'],
    ['docker.io/docker-hub/library', 'docker.io/docker-hub/library', 'docker-hub/docker-hub/library'],
    ['ghcr.io/acme/widgets:1', 'ghcr.io/acme/widgets:1', 'github/acme/widgets:1'],
    // No registry but Docker Hub’s has a library/ that is not written.
    ['ghcr.io/widgets', 'ghcr.io/widgets', 'github/widgets'],
    // It has a path, so that it is no token.
    ['ghs_tools/app', 'docker.io/ghs_tools/app', 'docker-hub/ghs_tools/app'],
    ['acme.azurecr.io/a/b/c', 'acme.azurecr.io/a/b/c', 'azure/a/b/c'],
    ['cgr.dev/acme.example/go:1', 'cgr.dev/acme.example/go:1', 'cg/go:1'],
    [`${peer}/team-a/app:1`, `${peer}/team-a/app:1`, 'peer/app:1'],
    [
      `debian:12@${digest}`,
      `docker.io/library/debian:12@${digest}`,
      `docker-hub/library/debian:12@${digest}`,
    ],
  ])('%s is %s, and %s in the cache', (text, upstream, cached) => {
    const [prefix] = cached.split('/')
    expect(names(imageInCache(text, all))).toEqual([upstream, `${host}/${cached}`, prefix])
    expect(names(imageAtUpstream(cached, all))).toEqual([upstream, `${host}/${cached}`, prefix])
    expect(names(imageAtUpstream(`docker://${host}/${cached}`, all))).toEqual([
      upstream,
      `${host}/${cached}`,
      prefix,
    ])
  })

  test('is led back from a registry’s other addresses', () => {
    const dualStack = `${account}.dkr-ecr.${region}.on.aws/github/acme/widgets:1`
    expect(names(imageAtUpstream(dualStack, all))).toEqual(['ghcr.io/acme/widgets:1', dualStack, 'github'])
  })

  test('is in the cache that is in China', () => {
    const { image } = imageInCache('debian', placeWith([hub], { region: 'cn-north-1' }))
    expect(image?.cached.domain).toBe(`${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`)
  })
})

describe('where several rules cache an image', () => {
  const rules = [{ ...hub, ecrRepositoryPrefix: 'b' }, stackHub, hub, { ...hub, ecrRepositoryPrefix: 'a' }]

  test('the usual prefix is taken, and the others are told', () => {
    expect(imageInCache('debian', placeWith(rules)).image).toMatchObject({
      rule: 'docker-hub',
      otherRules: ['a', 'b', 'docker-hub-dev'],
    })
  })

  test('without the usual one the order of the alphabet decides, and not that of AWS', () => {
    const [first, second] = rules
    expect(imageInCache('debian', placeWith([first, second] as RulePaths[])).image?.rule).toBe('b')
    expect(imageInCache('debian', placeWith([second, first] as RulePaths[])).image?.rule).toBe('b')
  })

  test('a more specific rule comes before the usual one', () => {
    const official = { ...hub, ecrRepositoryPrefix: 'official', upstreamRepositoryPrefix: 'library' }
    expect(names(imageInCache('debian', placeWith([hub, official])))).toEqual([
      'docker.io/library/debian',
      `${host}/official/debian`,
      'official',
    ])
  })

  test('the one that is asked for is taken, with a slash or without', () => {
    for (const prefix of ['docker-hub-dev', 'docker-hub-dev/']) {
      const place = placeWith([...rules, github], { prefixes: new Map([['docker.io', prefix]]) })
      expect(imageInCache('debian', place).image).toMatchObject({ rule: 'docker-hub-dev', otherRules: [] })
      expect(imageInCache('ghcr.io/a/b', place).image).toMatchObject({ rule: 'github' })
    }
  })
})

test.each([
  ['library/percona/pxc', 'docker.io/library/percona/pxc'],
  ['docker.io/a/b/c', 'docker.io/a/b/c'],
])('%s is named as it is written, with a warning', (text, shown) => {
  const warning = `${shown}: a repository of Docker Hub is NAMESPACE/NAME, so that there can be none of this path`
  const { image } = imageInCache(text, all)
  expect(image?.warning).toBe(warning)
  expect(image && imageAtUpstream(formatReference(image.cached), all).image?.warning).toBe(warning)
})

test.each(['debian@', 'debian:12@'])(
  '%ssha256:… is named, with a warning that ECR fetches nothing by digest',
  (name) => {
    const text = `${name}sha256:${'0'.repeat(64)}`
    const { image } = imageInCache(text, all)
    expect(image && formatReference(image.cached)).toMatch(`/docker-hub/library/${text}`)
    expect(image?.warning).toBe(
      `docker.io/library/${text}: ECR fetches nothing by digest, so that it pulls only once the cache has it by a tag`,
    )
    // Whoever leads it back has it already.
    expect(image && imageAtUpstream(formatReference(image.cached), all).image?.warning).toBeUndefined()
  },
)

describe('what has no name in the cache is refused:', () => {
  const long = 'a'.repeat(250)
  const pulumiUp =
    'run: pulumi up, for the stack that makes the rule in us-east-1 (new PullThroughCache); or pull it from where it is'
  const howToWrite = 'write it as docker pull takes it: debian:12, ghcr.io/acme/widgets:1'

  test.each<[text: string, place: CachePlace, reason: string, message: string, hint: string]>([
    [
      'Debian',
      all,
      'not-a-reference',
      '"Debian" is no image: the name of a repository has no upper-case letters',
      howToWrite,
    ],
    ['', all, 'not-a-reference', '"" is no image: no image is named', howToWrite],
    [
      'x'.repeat(5000),
      all,
      'not-a-reference',
      `"${'x'.repeat(100)}…" is no image: it is longer than any reference`,
      howToWrite,
    ],
    [
      'dckr_pat_canary_0123456789',
      all,
      'token',
      'this looks like a token, and not like an image',
      'give an image; if it is a real token and was typed, it is in the shell’s history now: replace it',
    ],
    [
      'docker-hub/library/debian:12',
      all,
      'in-registry',
      'docker-hub/library/debian:12: this is a repository of the cache already, below the prefix docker-hub',
      'what it comes from: pullthrough image --reverse docker-hub/library/debian:12; if it is an image of Docker Hub, write docker.io/docker-hub/library/debian:12',
    ],
    [
      `${host}/docker-hub/library/debian`,
      all,
      'in-registry',
      `${host}/docker-hub/library/debian: this is in the registry already, as an image of the cache`,
      `pull it as it is; what it comes from: pullthrough image --reverse ${host}/docker-hub/library/debian`,
    ],
    [
      `${host}/acme/widgets`,
      all,
      'in-registry',
      `${host}/acme/widgets: this is in the registry already, and no rule makes it`,
      'pull it as it is',
    ],
    [
      'gcr.io/acme/widgets',
      all,
      'unsupported-upstream',
      'gcr.io/acme/widgets: ECR cannot cache images of gcr.io, but of docker-hub, github-container-registry, gitlab-container-registry, azure-container-registry, chainguard, ecr-public, k8s, quay, ecr alone',
      'pull it from there, or push a copy to a repository of your own',
    ],
    [
      'my_host.example/widgets',
      all,
      'unsupported-upstream',
      'my_host.example/widgets: it names no registry, since what is before the first / is no domain',
      howToWrite,
    ],
    [
      'quay.io/acme/widgets:1',
      placeWith([hub, github]),
      'no-rule',
      'quay.io/acme/widgets:1: no pull-through cache rule in us-east-1 caches images of quay.io; those there are cache docker.io (docker-hub), ghcr.io (github)',
      pulumiUp,
    ],
    [
      'debian',
      placeWith([]),
      'no-rule',
      'docker.io/library/debian: no pull-through cache rule in us-east-1 caches images of docker.io; there are no rules at all',
      pulumiUp,
    ],
    [
      'debian',
      placeWith([hub], { prefixes: new Map([['docker.io', 'docker-hub-dev']]) }),
      'no-rule',
      'docker.io/library/debian: no pull-through cache rule in us-east-1 caches images of docker.io with the prefix docker-hub-dev; those there are cache docker.io (docker-hub)',
      pulumiUp,
    ],
    [
      `${peer}/team-b/app`,
      all,
      'no-rule',
      `${peer}/team-b/app: of ${peer} the rules in us-east-1 cache other parts alone: team-a (peer)`,
      pulumiUp,
    ],
    [
      'other.azurecr.io/app',
      placeWith([hub], { isAsked: false }),
      'no-rule',
      'other.azurecr.io/app: the prefix of the rule for other.azurecr.io is not known without asking AWS',
      'give it: --prefix other.azurecr.io=PREFIX',
    ],
    [
      'debian',
      placeWith([hub, { ...github, ecrRepositoryPrefix: 'docker-hub/library' }]),
      'path-taken',
      'docker.io/library/debian: it would be docker-hub/library/debian, which is below the longer prefix docker-hub/library of a rule for ghcr.io',
      'pull it from there, or let a rule with another prefix cache it',
    ],
    [
      `ghcr.io/${long}`,
      all,
      'too-long',
      `ghcr.io/${long}: its path would have 257 characters, and a reference has at most 255`,
      'pull it from its registry, or let a rule with a shorter prefix cache it',
    ],
  ])('%s', (text, place, reason, message, hint) => {
    expect(imageInCache(text, place)).toEqual({ refusal: { reason, message, hint } })
  })
})

describe('what leads back to no image is refused:', () => {
  const asked = 'give a repository of the cache or its ECR URI: docker-hub/library/debian:12'

  test.each<[text: string, place: CachePlace, reason: string, message: string, hint: string]>([
    [
      'docker-hub/Debian',
      all,
      'not-a-reference',
      '"docker-hub/Debian" is no image: the name of a repository has no upper-case letters',
      'write it as docker pull takes it: debian:12, ghcr.io/acme/widgets:1',
    ],
    [
      '',
      all,
      'not-a-reference',
      '"" is no image: no image is named',
      'write it as docker pull takes it: debian:12, ghcr.io/acme/widgets:1',
    ],
    [
      'dckr_pat_canary_0123456789',
      all,
      'token',
      'this looks like a token, and not like an image',
      'give an image; if it is a real token and was typed, it is in the shell’s history now: replace it',
    ],
    [
      'docker-hub/debian:12',
      all,
      'library-missing',
      `${host}/docker-hub/debian:12: Docker Hub has no repository without a namespace, and ECR does not add library/ to docker-hub/debian as docker does`,
      `pull ${host}/docker-hub/library/debian:12 instead`,
    ],
    [
      'dockerhub/library/debian',
      placeWith([hub]),
      'no-rule',
      `${host}/dockerhub/library/debian: no pull-through cache rule in us-east-1 has a prefix that dockerhub/library/debian begins with; the nearest is docker-hub; those there are cache docker.io (docker-hub)`,
      asked,
    ],
    [
      'docker-hub',
      placeWith([hub], { isAsked: false }),
      'no-rule',
      `${host}/docker-hub: it begins with none of the prefixes that are known without asking AWS: docker.io (docker-hub)`,
      `${asked}; or give its prefix: --prefix REGISTRY=PREFIX`,
    ],
    [
      `${account}.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/debian`,
      all,
      'other-registry',
      `${account}.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/debian: it is in the registry of ${account} in eu-west-1, and the rules are those of ${account} in us-east-1`,
      'run it without --region, or with --region eu-west-1',
    ],
    [
      `999999999999.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian`,
      all,
      'other-registry',
      `999999999999.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian: it is in the registry of 999999999999 in us-east-1, and the rules are those of ${account} in us-east-1`,
      'choose a profile of that account (AWS_PROFILE), or correct the account in the reference',
    ],
    [
      `999999999999.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian`,
      { ...all, isAsked: false },
      'other-registry',
      `999999999999.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian: it is in the registry of 999999999999 in us-east-1, and the rules are those of ${account} in us-east-1`,
      'give its own: --account 999999999999 --region us-east-1',
    ],
    [
      `cg/${'a'.repeat(250)}`,
      all,
      'too-long',
      `cgr.dev/acme.example/${'a'.repeat(250)}: its path would have 263 characters, and a reference has at most 255`,
      'pull it from its registry, or let a rule with a shorter prefix cache it',
    ],
  ])('%s', (text, place, reason, message, hint) => {
    expect(imageAtUpstream(text, place)).toEqual({ refusal: { reason, message, hint } })
  })
})

describe('for any rules,', () => {
  // Without a g: `ghp_a` alone may be a token, and is refused.
  const part = fc
    .tuple(
      fc.stringMatching(/^[a-fh-z0-9]{1,4}$/),
      fc.array(
        fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), fc.stringMatching(/^[a-fh-z0-9]{1,4}$/)),
        {
          maxLength: 2,
        },
      ),
    )
    .map(([first, rest]) => first + rest.flat().join(''))
  const name = fc.oneof(part, fc.constantFrom('a', 'b', 'library', 'docker-hub', 'a'.repeat(120)))
  const domain = fc.constantFrom('docker.io', 'ghcr.io', 'quay.io', 'acme.azurecr.io', 'cgr.dev', peer, host)
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
  const hex = (digits: number) =>
    fc.array(fc.constantFrom(...Array.from('0123456789abcdef')), { minLength: digits, maxLength: digits })
  const anyDigest = fc.oneof(
    ...([['sha256', 64] as const, ['sha384', 96] as const, ['sha512', 128] as const] as const).map(
      ([algorithm, digits]) => hex(digits).map((characters) => `${algorithm}:${characters.join('')}`),
    ),
  )
  /** Every form that the grammar has, in full, as it reads them. */
  const reference = fc
    .tuple(
      domain,
      path,
      fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/), { nil: undefined }),
      fc.option(anyDigest, { nil: undefined }),
    )
    .map(([domain, path, tag, digest]) =>
      formatReference({
        domain,
        path,
        ...(tag === undefined ? {} : { tag }),
        ...(digest === undefined ? {} : { digest }),
      }),
    )
    .map((text) => parseReference(text).reference)
    .filter((read) => read !== undefined)
    .map(canonicalReference)
  const prefix = fc.oneof(
    fc.constantFrom('ROOT', 'docker-hub', 'library', 'a', 'a/b', 'ghcr.io', 'b/'),
    part.filter((text) => text.length > 1),
  )
  const rules = fc.uniqueArray(
    fc
      .tuple(prefix, domain, fc.option(prefix, { nil: undefined }))
      .map(([ecrRepositoryPrefix, domain, part]): RulePaths => ({
        ecrRepositoryPrefix,
        upstreamRegistryUrl: domain === 'docker.io' ? 'registry-1.docker.io' : domain,
        ...(part === undefined || ecrRepositoryPrefix === 'ROOT' ? {} : { upstreamRepositoryPrefix: part }),
      })),
    { selector: ({ ecrRepositoryPrefix: own }) => own.replace(/\/$/, ''), maxLength: 6 },
  )
  /** Rules that are likely to cover the images. */
  const place = fc
    .tuple(rules, fc.boolean())
    .map(([some, hasHub]) =>
      placeWith(
        hasHub ? [...some.filter(({ ecrRepositoryPrefix: own }) => own !== 'docker-hub'), hub] : some,
      ),
    )
  const runs = { numRuns: 2000 }

  /** A repository and what is behind it, as `--reverse` takes them without the registry. */
  const withoutHost = (cached: ImageReference) => formatReference({ ...cached, domain: '' })

  test('every image that a rule covers has a name, which leads back to it with its tag and digest', () => {
    let covered = 0
    fc.assert(
      fc.property(place, reference, (place, wanted) => {
        const { image } = imageInCache(formatReference(wanted), place)
        expect(image === undefined).toBe(whyNotCached(wanted, place.rules) !== undefined)
        if (!image) return
        covered += 1
        const { cached, upstream } = image
        expect(upstream).toEqual(wanted)
        expect([cached.domain, cached.tag, cached.digest]).toEqual([host, wanted.tag, wanted.digest])
        expect(parseReference(formatReference(cached)).reference).toEqual(cached)
        expect(imageAtUpstream(formatReference(cached), place).image?.upstream).toEqual(wanted)
        expect(imageAtUpstream(withoutHost(cached), place).image?.upstream).toEqual(wanted)
      }),
      runs,
    )
    expect(covered).toBeGreaterThan(runs.numRuns / 10)
  })

  test('no two images have the same name', () => {
    fc.assert(
      fc.property(
        place,
        fc.uniqueArray(reference, { selector: formatReference, maxLength: 12 }),
        (place, images) => {
          const cached = images.flatMap((wanted) => {
            const { image } = imageInCache(formatReference(wanted), place)
            return image ? [formatReference(image.cached)] : []
          })
          expect(new Set(cached).size).toBe(cached.length)
        },
      ),
      runs,
    )
  })

  test('what leads back to an image is that image’s name by the same rule', () => {
    let led = 0
    fc.assert(
      fc.property(place, reference, (place, { path, tag, digest }) => {
        const text = withoutHost({
          domain: '',
          path,
          ...(tag === undefined ? {} : { tag }),
          ...(digest === undefined ? {} : { digest }),
        })
        const { image } = imageAtUpstream(text, place)
        if (!image) return
        led += 1
        const prefixes = new Map([[image.upstream.domain, image.rule]])
        const there = imageInCache(formatReference(image.upstream), { ...place, prefixes })
        expect(there.image).toMatchObject({
          upstream: image.upstream,
          cached: image.cached,
          rule: image.rule,
        })
      }),
      runs,
    )
    expect(led).toBeGreaterThan(runs.numRuns / 20)
  })

  test('a short form is the image that it is short for, or is refused as a repository of the cache', () => {
    fc.assert(
      fc.property(place, reference, (place, wanted) => {
        const short = familiarReference(wanted)
        const { reference: read } = parseReference(short)
        fc.pre(read !== undefined && formatReference(read) === formatReference(wanted))
        const answer = imageInCache(short, place)
        if (answer.refusal?.reason === 'in-registry') return
        expect(answer.image?.cached).toEqual(imageInCache(formatReference(wanted), place).image?.cached)
      }),
      runs,
    )
  })
})
