import { describe, expect, test } from 'vitest'
import { nearestRule, pullPath, withLibraryMended } from '../../src/ecr/pull-path.ts'

const rule = { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: 'registry-1.docker.io' }
const other = { ecrRepositoryPrefix: 'team-a/quay', upstreamRegistryUrl: 'quay.io' }
const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const debian = { domain: 'docker.io', path: 'library/debian', tag: '12' }

describe('the way of an image', () => {
  test('from its own name to the cache', () => {
    expect(pullPath('debian:12', [rule])).toEqual({
      upstream: debian,
      rule,
      cached: { path: 'docker-hub/library/debian', tag: '12' },
    })
  })

  test('from the cache to its own name', () => {
    expect(pullPath('docker-hub/library/debian:12', [rule])).toEqual({
      upstream: debian,
      rule,
      cached: { path: 'docker-hub/library/debian', tag: '12' },
    })
  })

  test('of an ECR URI', () => {
    expect(pullPath(`${host}/docker-hub/debian:12`, [rule])).toEqual({
      registry: { host, account: '123456789012', region: 'us-east-1', fips: false },
      upstream: { domain: 'docker.io', path: 'debian', tag: '12' },
      mistake: 'missing',
      rule,
      cached: { path: 'docker-hub/debian', tag: '12' },
    })
  })

  test('of an ECR URI that no rule covers', () => {
    expect(pullPath(`${host}/acme/widgets`, [rule])).toEqual({
      registry: { host, account: '123456789012', region: 'us-east-1', fips: false },
      cached: { path: 'acme/widgets' },
    })
  })

  test.each([
    ['docker-hub/library/debian', []],
    ['docker-hub/debian', [other]],
    ['dockerhub/library/debian', [rule]],
  ])('%s is meant for the cache, though no rule covers it', (path, rules) => {
    expect(pullPath(path, rules)).toEqual({ cached: { path } })
  })

  test.each(['dockerhub/debian', 'acme/widgets', 'acme/widgets/deep'])(
    '%s is Docker Hub’s, or the grammar’s',
    (path) => {
      expect(pullPath(path, [])).toEqual({ upstream: { domain: 'docker.io', path } })
    },
  )

  test('of what no rule caches', () => {
    expect(pullPath('quay.io/acme/widgets', [rule])).toEqual({
      upstream: { domain: 'quay.io', path: 'acme/widgets' },
    })
  })

  test('of what is no image', () => {
    expect(pullPath('Debian', [rule])).toEqual({ problem: 'upper-case' })
  })
})

test.each([
  ['dockerhub/library/debian', rule],
  ['docker_hub/library/debian', rule],
  ['docker-hubs', rule],
  ['team-b/quay/acme/widgets', other],
  ['acme/widgets', undefined],
  ['', undefined],
])('the rule nearest to %j', (path, nearest) => {
  expect(nearestRule(path, [rule, other, { ...rule, ecrRepositoryPrefix: 'ROOT' }])).toBe(nearest)
})

test('library/ is put where Docker Hub has it', () => {
  expect(withLibraryMended('debian', 'missing')).toBe('library/debian')
  expect(withLibraryMended('library/acme/widgets', 'superfluous')).toBe('acme/widgets')
})
