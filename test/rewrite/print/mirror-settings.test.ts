import { describe, expect, test } from 'vitest'
import { usualRules } from '../../../src/ecr/usual-rules.ts'
import { mirrorKinds, mirrorSettings, type MirrorPlace } from '../../../src/rewrite/print/mirror-settings.ts'
import { host } from '../placings.ts'

const rule = (
  ecrRepositoryPrefix: string,
  upstreamRegistryUrl = 'registry-1.docker.io',
  upstreamRepositoryPrefix?: string,
) => ({ ecrRepositoryPrefix, upstreamRegistryUrl, upstreamRepositoryPrefix })

const place: MirrorPlace = {
  host,
  region: 'us-east-1',
  rules: [rule('quay', 'quay.io'), rule('docker-hub')],
  prefixes: new Map(),
  isAsked: true,
}

/** The lines that a program reads. */
const settings = (lines: readonly string[]) => lines.filter((line) => line !== '' && !line.startsWith('#'))

describe('the settings', () => {
  test('of BuildKit name a mirror with its path for each registry', () => {
    expect(settings(mirrorSettings('buildkitd', place))).toEqual([
      '[registry."docker.io"]',
      `  mirrors = ["${host}/docker-hub"]`,
      '[registry."quay.io"]',
      `  mirrors = ["${host}/quay"]`,
    ])
  })

  test('of containerd are a file for each registry, with the path behind /v2', () => {
    const lines = mirrorSettings('containerd', place)
    expect(lines).toContain('# /etc/containerd/certs.d/docker.io/hosts.toml')
    expect(settings(lines)).toEqual([
      `[host."https://${host}/v2/docker-hub"]`,
      '  capabilities = ["pull", "resolve"]',
      '  override_path = true',
      `[host."https://${host}/v2/quay"]`,
      '  capabilities = ["pull", "resolve"]',
      '  override_path = true',
    ])
  })

  test('of Compose are the variables that rewrite writes', () => {
    expect(settings(mirrorSettings('compose-env', place))).toEqual([
      `REGISTRY=${host}/docker-hub`,
      `REGISTRY_QUAY_IO=${host}/quay`,
    ])
  })

  test.each(mirrorKinds)('of %s say how to log in, and give a source for what they say', (kind) => {
    const lines = mirrorSettings(kind, place)
    expect(lines).toContain(
      `#   aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin ${host}`,
    )
    expect(lines.filter((line) => line.includes('https://')).length).toBeGreaterThanOrEqual(2)
    expect(lines.filter((line) => line.length > 160)).toEqual([])
  })
})

describe('a mirror', () => {
  const variables = (changes: Partial<MirrorPlace>) =>
    settings(mirrorSettings('compose-env', { ...place, ...changes }))

  test.each<[string, Partial<MirrorPlace>, string[]]>([
    ['without a prefix', { rules: [rule('ROOT')] }, [`REGISTRY=${host}`]],
    ['with a slash at its end', { rules: [rule('hub/')] }, [`REGISTRY=${host}/hub`]],
    [
      'of the prefix that is asked for',
      { rules: [rule('a'), rule('b')], prefixes: new Map([['docker.io', 'b/']]) },
      [`REGISTRY=${host}/b`],
    ],
    [
      'is for a whole registry',
      { rules: [rule('official', undefined, 'library'), rule('all', undefined, 'ROOT')] },
      [`REGISTRY=${host}/all`],
    ],
    [
      'is of Docker Hub alone if nobody was asked',
      { rules: usualRules(new Map()), isAsked: false },
      [`REGISTRY=${host}/docker-hub`],
    ],
    [
      'is of what was named, too',
      {
        rules: usualRules(new Map([['ghcr.io', 'gh']])),
        prefixes: new Map([['ghcr.io', 'gh']]),
        isAsked: false,
      },
      [`REGISTRY=${host}/docker-hub`, `REGISTRY_GHCR_IO=${host}/gh`],
    ],
  ])('%s', (_, changes, expected) => {
    expect(variables(changes)).toEqual(expected)
  })

  test.each<[string, Partial<MirrorPlace>]>([
    ['there are no rules', { rules: [] }],
    ['rules cache parts', { rules: [rule('official', undefined, 'library')] }],
    ['none has the prefix', { rules: [rule('a')], prefixes: new Map([['docker.io', 'b']]) }],
  ])('is refused where %s', (_, changes) => {
    expect(() => variables(changes)).toThrow(
      expect.objectContaining({ code: 'ERR_STATE', message: `no rule of ${host} caches a whole registry` }),
    )
  })
})
