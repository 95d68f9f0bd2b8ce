import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cachedPaths,
  libraryMistake,
  ruleOfPath,
  upstreamImage,
  whyNotCached,
  type RulePaths,
} from '../../src/ecr/cached-reference.ts'

const dockerHub = 'registry-1.docker.io'
const quay = 'quay.io'
const ecr = '210987654321.dkr.ecr.eu-west-1.amazonaws.com'

function rule(
  ecrRepositoryPrefix: string,
  upstreamRegistryUrl = dockerHub,
  upstreamRepositoryPrefix?: string,
) {
  return { ecrRepositoryPrefix, upstreamRegistryUrl, upstreamRepositoryPrefix }
}

describe('a rule', () => {
  test.each([
    ['docker-hub', undefined, 'docker-hub/library/debian', 'library/debian'],
    ['docker-hub/', undefined, 'docker-hub/library/debian', 'library/debian'],
    ['docker-hub', 'ROOT', 'docker-hub/debian', 'debian'],
    ['a/b', undefined, 'a/b/c/d', 'c/d'],
    ['ROOT', 'ROOT', 'library/debian', 'library/debian'],
    ['root', undefined, 'root/debian', 'debian'],
    ['ecr-public', 'ROOT', 'ecr-public/my-app/image1', 'my-app/image1'],
    ['team-a', 'team-a', 'team-a/myapp/image1', 'team-a/myapp/image1'],
    ['my-app', 'upstream-app', 'my-app/image1', 'upstream-app/image1'],
    ['my-app', 'upstream-app/', 'my-app/image1', 'upstream-app/image1'],
    ['cg/go', 'example.com', 'cg/go/x', 'example.com/x'],
  ])('of %s to %s maps %s to %s, and back', (prefix, upstreamPrefix, path, upstreamPath) => {
    const mapped = rule(prefix, dockerHub, upstreamPrefix)
    expect(upstreamImage(mapped, { path, tag: '1', digest: 'sha256:0' })).toEqual({
      domain: 'docker.io',
      path: upstreamPath,
      tag: '1',
      digest: 'sha256:0',
    })
    expect(cachedPaths({ domain: 'docker.io', path: upstreamPath }, [mapped])).toEqual([
      { rule: mapped, path },
    ])
  })

  test.each([
    ['docker-hub', 'docker-hub'],
    ['docker-hub', 'docker-hub/'],
    ['docker-hub/', 'docker-hub'],
    ['docker-hub', 'docker-hubs/debian'],
    ['docker-hub', 'x/docker-hub/debian'],
    ['a/b', 'a/c'],
    ['root', 'debian'],
    ['ROOT', ''],
  ])('of %s does not cover %j', (prefix, path) => {
    expect(upstreamImage(rule(prefix), { path })).toBeUndefined()
    expect(ruleOfPath(path, [rule(prefix)])).toBeUndefined()
  })

  test('is the one with the longest prefix', () => {
    const rules = [rule('ROOT'), rule('a'), rule('a/b/', quay), rule('c')]
    expect(ruleOfPath('a/b/c', rules)).toBe(rules[2])
    expect(ruleOfPath('a/b', rules)).toBe(rules[1])
    expect(ruleOfPath('a/bc', rules)).toBe(rules[1])
    expect(ruleOfPath('d', rules)).toBe(rules[0])
    expect(ruleOfPath('d', rules.slice(1))).toBeUndefined()
  })
})

describe('an upstream image', () => {
  test('is where each rule of its registry keeps it, the most specific first', () => {
    const rules = [
      rule('hub'),
      rule('official', dockerHub, 'library'),
      rule('other', dockerHub, 'acme'),
      rule('quay', quay),
    ]
    expect(cachedPaths({ domain: 'docker.io', path: 'library/debian' }, rules)).toEqual([
      { rule: rules[1], path: 'official/debian' },
      { rule: rules[0], path: 'hub/library/debian' },
    ])
    expect(cachedPaths({ domain: quay, path: 'acme/widgets' }, rules)).toEqual([
      { rule: rules[3], path: 'quay/acme/widgets' },
    ])
  })

  test.each([
    ['of a registry without a rule', { domain: 'ghcr.io', path: 'acme/widgets' }],
    ['named by the host instead of the domain', { domain: dockerHub, path: 'library/debian' }],
    ['of no registry', { domain: '', path: 'my_host.example/debian' }],
    ['below the prefix of another repository', { domain: ecr, path: 'team-b/app' }],
    ['that is the prefix itself', { domain: ecr, path: 'team-a' }],
  ])('%s is nowhere', (_, image) => {
    expect(cachedPaths(image, [rule('hub'), rule('peer', ecr, 'team-a')])).toEqual([])
  })

  test('is not where a longer prefix takes the path for another registry', () => {
    const rules = [rule('hub'), rule('hub/library', quay)]
    expect(cachedPaths({ domain: 'docker.io', path: 'library/debian' }, rules)).toEqual([])
    expect(cachedPaths({ domain: 'docker.io', path: 'acme/widgets' }, rules)).toEqual([
      { rule: rules[0], path: 'hub/acme/widgets' },
    ])
  })

  test('is not where the path would be too long for a reference', () => {
    const path = 'a'.repeat(252)
    expect(cachedPaths({ domain: quay, path }, [rule('qu', quay)])).toEqual([
      { rule: rule('qu', quay), path: `qu/${path}` },
    ])
    expect(cachedPaths({ domain: quay, path }, [rule('qua', quay)])).toEqual([])
  })
})

describe('why the rules keep an image nowhere', () => {
  const debian = { domain: 'docker.io', path: 'library/debian' }

  test('no rule has its registry', () => {
    expect(whyNotCached(debian, [])).toEqual({ why: 'no-rule' })
    expect(whyNotCached(debian, [rule('quay', quay)])).toEqual({ why: 'no-rule' })
  })

  test('those of its registry cache other parts', () => {
    const rules = [rule('acme', dockerHub, 'acme'), rule('quay', quay), rule('b', dockerHub, 'b')]
    expect(whyNotCached(debian, rules)).toEqual({ why: 'other-part', rules: [rules[0], rules[2]] })
  })

  test('the path is below a longer prefix', () => {
    const rules = [rule('hub'), rule('hub/library', quay)]
    expect(whyNotCached(debian, rules)).toEqual({
      why: 'path-taken',
      path: 'hub/library/debian',
      by: rules[1],
    })
  })

  test('the path is too long, whoever has it', () => {
    const path = 'a'.repeat(252)
    const image = { domain: quay, path }
    expect(whyNotCached(image, [rule('qua', quay)])).toEqual({ why: 'too-long', path: `qua/${path}` })
    expect(whyNotCached(image, [rule('ROOT'), rule('qua', quay)])).toEqual({
      why: 'too-long',
      path: `qua/${path}`,
    })
  })

  test('nothing, if one of them keeps it', () => {
    expect(whyNotCached(debian, [rule('hub'), rule('hub/library', quay), rule('other')])).toBeUndefined()
  })
})

describe('there and back', () => {
  const part = fc.constantFrom('a', 'b', 'library')
  const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))
  const prefix = fc.oneof(
    fc.constant('ROOT'),
    fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 2 }), fc.boolean())
      .map(([parts, slash]) => parts.join('/') + (slash ? '/' : '')),
  )
  const rules: fc.Arbitrary<readonly RulePaths[]> = fc.uniqueArray(
    fc
      .tuple(prefix, fc.constantFrom(dockerHub, quay), prefix)
      .map(([own, url, upstream]) => rule(own, url, own === 'ROOT' ? undefined : upstream)),
    { selector: ({ ecrRepositoryPrefix }) => ecrRepositoryPrefix.replace(/\/$/, ''), maxLength: 5 },
  )

  test('a cached path is among those of its upstream image', () => {
    fc.assert(
      fc.property(rules, path, (rules, path) => {
        const own = ruleOfPath(path, rules)
        fc.pre(own !== undefined)
        const upstream = upstreamImage(own, { path })
        expect(upstream && cachedPaths(upstream, rules)).toContainEqual({ rule: own, path })
      }),
      { numRuns: 1000 },
    )
  })

  test('each path of an upstream image is that image’s, by the rule that it is given with', () => {
    fc.assert(
      fc.property(rules, fc.constantFrom('docker.io', quay), path, (rules, domain, path) => {
        for (const cached of cachedPaths({ domain, path }, rules)) {
          expect(ruleOfPath(cached.path, rules)).toBe(cached.rule)
          expect(upstreamImage(cached.rule, cached)).toEqual({ domain, path })
        }
      }),
      { numRuns: 1000 },
    )
  })
})

test.each([
  ['docker.io', 'debian', 'missing'],
  ['docker.io', 'library/debian', undefined],
  ['docker.io', 'library/percona/pxc', 'superfluous'],
  ['docker.io', 'acme/widgets', undefined],
  ['docker.io', 'acme/library/widgets', undefined],
  ['quay.io', 'debian', undefined],
  ['quay.io', 'library/a/b', undefined],
])('library/ of %s/%s is %s', (domain, path, mistake) => {
  expect(libraryMistake({ domain, path })).toBe(mistake)
})
