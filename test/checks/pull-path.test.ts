import { describe, expect, test } from 'vitest'
import type { Decision } from '../../src/aws/permissions.ts'
import { type Finding, isRed } from '../../src/checks/finding.ts'
import type { ImageFacts } from '../../src/checks/image-facts.ts'
import { repositoryActions } from '../../src/ecr/pull-permission.ts'
import type { UpstreamContext } from '../../src/checks/image-upstream.ts'
import { judgeNoImage, judgePullPath, namesOf } from '../../src/checks/pull-path.ts'
import { pullPath } from '../../src/ecr/pull-path.ts'
import type { CacheRule } from '../../src/ecr/registry.ts'
import { PullthroughError } from '../../src/errors.ts'

const rule: CacheRule = {
  ecrRepositoryPrefix: 'docker-hub',
  upstreamRegistryUrl: 'registry-1.docker.io',
  upstreamRegistry: 'docker-hub',
  credentialArn:
    'arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/docker-hub-a1b2c3',
  upstreamRepositoryPrefix: undefined,
}
const quay: CacheRule = {
  ...rule,
  ecrRepositoryPrefix: 'quay',
  upstreamRegistryUrl: 'quay.io',
  upstreamRegistry: 'quay',
  credentialArn: undefined,
}

const official: CacheRule = { ...rule, ecrRepositoryPrefix: 'official', upstreamRepositoryPrefix: 'library' }
const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

const principalArn = 'arn:aws:iam::123456789012:user/dev'
const allowed = { answer: 'allowed' } as const
const every = ['ecr:GetAuthorizationToken', ...repositoryActions]
const permissions = (but: Readonly<Record<string, Decision>> = {}) => ({
  value: {
    principalArn,
    decisions: new Map(every.map((action) => [action, but[action] ?? allowed] as const)),
  },
})

const denied = { error: new PullthroughError('ERR_DENIED', 'AWS denies it', { hint: 'allow it' }) }
const unreachable = { error: new PullthroughError('ERR_UNREACHABLE', 'no answer', { hint: 'try again' }) }
const unknownCaller = {
  error: new PullthroughError('ERR_UNAUTHENTICATED', 'AWS does not know you', { hint: 'log in' }),
}

const limit = { state: 'limited', limit: 200, remaining: 180, windowSeconds: 21_600 } as const

const context: UpstreamContext = {
  whyInvalid: () => undefined,
  username: 'sandbox',
  isCredentialOfRule: () => true,
}

/** What is answered where all is well. */
function factsOf(
  image: string,
  but: Partial<ImageFacts> = {},
  rules: readonly CacheRule[] = [rule],
): ImageFacts {
  const path = pullPath(image, rules)
  if ('problem' in path) throw new Error(path.problem)
  return {
    region: 'us-east-1',
    client: 'docker',
    caller: { value: { account: '123456789012', arn: principalArn, partition: 'aws' } },
    rules: { value: rules },
    templates: { value: [] },
    registryPolicy: { value: undefined },
    path,
    hasRepository: { value: false },
    hasImage: { value: false },
    permissions: permissions(),
    validation: { value: { isValid: true } },
    atDockerHub: { value: { state: 'there', limit, loggedIn: true } },
    ...but,
  }
}

/** Every step that is not `ok`, by its name. */
function notOk(findings: readonly Finding[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    findings.flatMap(({ id, status }) =>
      status === 'ok' ? [] : [[id.replace('image.', ''), status] as const],
    ),
  )
}

const order = [
  'image.reference',
  'image.rule',
  'image.library',
  'image.client',
  'image.template',
  'image.permissions',
  'image.credential',
  'image.upstream',
  'image.limit',
  'image.cached',
]

interface Row {
  readonly name: string
  readonly image?: string
  readonly facts?: Partial<ImageFacts>
  readonly context?: Partial<UpstreamContext>
  readonly rules?: readonly CacheRule[]
  readonly expected: Readonly<Record<string, string>>
}

const cached = { hasRepository: { value: true }, hasImage: { value: true } } as const
const template = {
  prefix: 'docker-hub',
  appliedFor: ['PULL_THROUGH_CACHE'],
  imageTagMutability: undefined,
  encryptionType: undefined,
  hasResourceTags: false,
  customRoleArn: undefined,
}
const hidden = {
  state: 'hidden',
  limit: { state: 'unknown', why: 'it answered 401' },
  loggedIn: true,
} as const
const policyOf = (Effect: string, Condition?: Record<string, Record<string, string>>) => ({
  value: {
    Statement: [
      {
        Effect,
        Principal: { AWS: '123456789012' },
        Action: 'ecr:*',
        Resource: 'arn:aws:ecr:us-east-1:123456789012:repository/docker-hub/*',
        ...(Condition ? { Condition } : {}),
      },
    ],
  },
})
const notAllowed = { answer: 'not-allowed' } as const
const withoutImport = permissions({ 'ecr:BatchImportUpstreamImage': notAllowed })
const withoutCreation = permissions({ 'ecr:CreateRepository': notAllowed })
const withoutPull = permissions({ 'ecr:BatchGetImage': notAllowed })
const withoutLogin = permissions({ 'ecr:GetAuthorizationToken': notAllowed })

const rows: readonly Row[] = [
  { name: 'all is well', expected: {} },
  { name: 'it is cached', facts: cached, expected: {} },
  {
    name: 'a rule without a secret',
    image: 'quay/acme/widgets:1',
    rules: [quay],
    facts: { atDockerHub: undefined },
    expected: { upstream: 'unknowable', limit: 'skipped' },
  },
  {
    name: 'an ordinary repository, which no rule covers',
    image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/acme/widgets:1',
    facts: { ...cached, atDockerHub: undefined, validation: undefined },
    expected: {
      rule: 'warning',
      library: 'skipped',
      client: 'skipped',
      template: 'skipped',
      permissions: 'skipped',
      credential: 'skipped',
      upstream: 'skipped',
      limit: 'skipped',
    },
  },
  {
    name: 'the caller is not known',
    facts: {
      caller: unknownCaller,
      rules: unknownCaller,
      templates: unknownCaller,
      registryPolicy: unknownCaller,
      path: { upstream: { domain: 'docker.io', path: 'library/debian' } },
      hasRepository: undefined,
      hasImage: undefined,
      permissions: undefined,
      validation: undefined,
    },
    expected: {
      rule: 'denied',
      client: 'skipped',
      template: 'skipped',
      permissions: 'skipped',
      credential: 'skipped',
      cached: 'skipped',
    },
  },
  { name: 'templates may not be read', facts: { templates: denied }, expected: { template: 'unknowable' } },
  {
    name: 'templates give no answer',
    facts: { templates: unreachable },
    expected: { template: 'unreachable' },
  },
  {
    name: 'templates may not be read, and need not',
    facts: { templates: denied, hasRepository: { value: true } },
    expected: {},
  },
  {
    name: 'a template with a KMS key and no role',
    facts: { templates: { value: [{ ...template, encryptionType: 'KMS' }] } },
    expected: { template: 'drift' },
  },
  {
    name: 'the same for what is not cached by it',
    facts: { templates: { value: [{ ...template, encryptionType: 'KMS', prefix: 'docker-hub/acme' }] } },
    expected: {},
  },
  { name: 'no import', facts: { permissions: withoutImport }, expected: { permissions: 'drift' } },
  { name: 'no creation', facts: { permissions: withoutCreation }, expected: { permissions: 'drift' } },
  {
    name: 'no creation, which is not needed',
    facts: { permissions: withoutCreation, hasRepository: { value: true } },
    expected: {},
  },
  {
    name: 'no creation, and nothing tells whether it is needed',
    facts: { permissions: withoutCreation, hasRepository: denied },
    expected: { permissions: 'unknowable' },
  },
  {
    name: 'no import, but for what the repository’s own policy may say',
    facts: { permissions: withoutImport, hasRepository: { value: true } },
    expected: { permissions: 'unknowable' },
  },
  {
    name: 'no login, which no other policy gives',
    facts: { permissions: withoutLogin, hasRepository: { value: true }, registryPolicy: policyOf('Allow') },
    expected: { permissions: 'drift' },
  },
  {
    name: 'no import, but the registry lets',
    facts: { permissions: withoutImport, registryPolicy: policyOf('Allow') },
    expected: {},
  },
  {
    name: 'no import, and the registry lets on a condition',
    facts: {
      permissions: withoutImport,
      registryPolicy: policyOf('Allow', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }),
    },
    expected: { permissions: 'unknowable' },
  },
  {
    name: 'no import, and the registry policy cannot be read',
    facts: { permissions: withoutImport, registryPolicy: denied },
    expected: { permissions: 'unknowable' },
  },
  {
    name: 'no pull, and the registry lets, if its scope does',
    facts: { permissions: withoutPull, registryPolicy: policyOf('Allow') },
    expected: { permissions: 'unknowable' },
  },
  {
    name: 'the registry denies',
    facts: { registryPolicy: policyOf('Deny') },
    expected: { permissions: 'drift' },
  },
  {
    name: 'a policy of the caller denies the import of what is cached',
    facts: { ...cached, permissions: permissions({ 'ecr:BatchImportUpstreamImage': { answer: 'denied' } }) },
    expected: { permissions: 'warning' },
  },
  {
    name: 'a policy of the caller denies the pull of what is cached',
    facts: { ...cached, permissions: permissions({ 'ecr:BatchGetImage': { answer: 'denied' } }) },
    expected: { permissions: 'drift' },
  },
  {
    name: 'the simulation does not know a key',
    facts: {
      permissions: permissions({ 'ecr:BatchGetImage': { answer: 'unknown', keys: ['aws:SourceIp'] } }),
    },
    expected: { permissions: 'unknowable' },
  },
  {
    name: 'nothing can be simulated',
    facts: { permissions: { error: new PullthroughError('ERR_STATE', 'root is neither user nor role') } },
    expected: { permissions: 'unknowable' },
  },
  {
    name: 'IAM gives no answer',
    facts: { permissions: unreachable },
    expected: { permissions: 'unreachable' },
  },
  {
    name: 'ECR cannot log in',
    facts: { validation: { value: { isValid: false, failure: 'no' } } },
    expected: { credential: 'drift' },
  },
  {
    name: 'ECR cannot log in, and the image is cached',
    facts: { ...cached, validation: { value: { isValid: false, failure: 'no' } } },
    expected: { credential: 'warning' },
  },
  {
    name: 'the rule is gone meanwhile',
    facts: { validation: { value: undefined } },
    expected: { credential: 'missing' },
  },
  { name: 'validation is denied', facts: { validation: denied }, expected: { credential: 'unknowable' } },
  {
    name: 'validation gives no answer',
    facts: { validation: unreachable },
    expected: { credential: 'unreachable' },
  },
  {
    name: 'a tag that is gone upstream, and is cached',
    facts: {
      ...cached,
      atDockerHub: { value: { ...hidden, state: 'no-such-tag' } },
    },
    expected: { upstream: 'warning', limit: 'skipped' },
  },
  {
    name: 'a repository that is hidden from the source, whose credential ECR does not have',
    image: 'acme/widgets',
    facts: { atDockerHub: { value: hidden } },
    context: { isCredentialOfRule: () => false },
    expected: { upstream: 'unknowable', limit: 'unknowable' },
  },
  {
    name: 'a repository that is hidden, and nothing tells whose credential ECR has',
    image: 'acme/widgets',
    facts: { atDockerHub: { value: hidden } },
    context: { isCredentialOfRule: () => undefined },
    expected: { upstream: 'missing', limit: 'skipped' },
  },
  {
    name: 'neither library/ nor an official image',
    image: 'docker-hub/grafana',
    facts: { atDockerHub: { value: hidden } },
    expected: { library: 'drift', upstream: 'skipped', limit: 'skipped' },
  },
  {
    name: 'Docker Hub does not tell, for no pulls are left',
    facts: {
      atDockerHub: { value: { state: 'not-told', limit: { state: 'unknown', why: '429' }, loggedIn: true } },
    },
    expected: { upstream: 'skipped', limit: 'drift' },
  },
  {
    name: 'Docker Hub does not tell whoever asks anonymously',
    facts: {
      atDockerHub: { value: { state: 'not-told', limit: { state: 'unknown', why: '429' }, loggedIn: false } },
    },
    expected: { upstream: 'skipped', limit: 'unknowable' },
  },
  {
    name: 'no limit',
    facts: { atDockerHub: { value: { state: 'there', limit: { state: 'unlimited' }, loggedIn: true } } },
    expected: {},
  },
  {
    name: 'Docker Hub gives no answer',
    facts: { atDockerHub: unreachable },
    expected: { upstream: 'unreachable', limit: 'skipped' },
  },
  {
    name: 'a digest, and nothing tells whether it is cached',
    image: `debian@sha256:${'a'.repeat(64)}`,
    facts: { hasImage: denied },
    expected: { client: 'skipped', cached: 'unknowable' },
  },
  {
    name: 'a digest that is cached',
    image: `debian@sha256:${'a'.repeat(64)}`,
    facts: cached,
    expected: {},
  },
  {
    name: 'a path without library/ that is in the cache all the same',
    image: 'docker-hub/debian:12',
    facts: cached,
    expected: {},
  },
  {
    name: 'a rule that puts library/ before the path itself',
    image: 'official/debian:12',
    rules: [official],
    expected: {},
  },
]

describe('the steps of a pull', () => {
  test.each(rows)('$name', ({ image = 'debian:12', facts, context: more, rules, expected }) => {
    const findings = judgePullPath(factsOf(image, facts, rules), { ...context, ...more })
    expect(findings.map(({ id }) => id)).toEqual(order)
    expect(notOk(findings)).toEqual(expected)
    const silent = findings.filter(({ status, cause }) => status !== 'ok' && cause === undefined)
    const helpless = findings.filter((finding) => isRed(finding) && finding.fix === undefined)
    expect({ silent, helpless }).toEqual({ silent: [], helpless: [] })
  })

  test('what verify knows of a rule says why ECR cannot log in', () => {
    const findings = judgePullPath(
      factsOf('debian:12', { validation: { value: { isValid: false, failure: 'no' } } }),
      { ...context, whyInvalid: () => ({ cause: 'the token has expired', fix: 'make another' }) },
    )
    expect(findings.find(isRed)).toEqual({
      id: 'image.credential',
      target: 'us-east-1 docker-hub/library/debian:12',
      status: 'drift',
      cause: 'the token has expired',
      fix: 'make another',
    })
  })

  test.each([
    ['docker-hub/debian:12', [rule], 'pull HOST/docker-hub/library/debian:12 instead'],
    ['docker-hub/library/acme/widgets', [rule], 'pull HOST/docker-hub/acme/widgets instead'],
    ['official/acme/widgets', [official, rule], 'pull HOST/docker-hub/acme/widgets instead'],
    ['official/acme/widgets', [official], 'pull docker.io/acme/widgets instead'],
  ])('the path of %s is mended, if it can be', (image, rules, fix) => {
    const found = judgePullPath(factsOf(image, {}, rules), context).find(isRed)
    expect({ ...found, fix: found?.fix?.replace(host, 'HOST') }).toMatchObject({ id: 'image.library', fix })
  })

  test('library/ is not proposed for what is not official either', () => {
    const facts = factsOf('docker-hub/grafana', { atDockerHub: { value: hidden } })
    expect(judgePullPath(facts, context).find(isRed)?.fix).toContain('docker-hub/NAMESPACE/grafana')
  })

  test('of what is no image none is taken', () => {
    const [first, ...rest] = judgeNoImage('no image') ?? []
    expect([first, ...rest].map((finding) => finding?.id)).toEqual(order)
    expect(first?.status).toBe('drift')
    expect(new Set(rest.map(({ status }) => status))).toEqual(new Set(['skipped']))
    expect(judgeNoImage('debian')).toBeUndefined()
  })
})

test.each([
  ['debian', { upstream: 'docker.io/library/debian:latest', cached: 'docker-hub/library/debian:latest' }],
  ['docker-hub/debian:12', { upstream: 'docker.io/library/debian:12', cached: 'docker-hub/debian:12' }],
])('%s is named in full', (image, { upstream, cached: path }) => {
  expect(namesOf(factsOf(image))).toEqual({
    upstream,
    cached: `${host}/${path}`,
  })
})
