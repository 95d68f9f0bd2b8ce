import { describe, expect, test } from 'vitest'
import type { CheckId, Status } from '../../src/checks/finding.ts'
import {
  account,
  allow,
  type Answer,
  type Asking,
  host,
  noSource,
  pulling,
  readingRules,
  region,
  repository,
  simulating,
  step,
  useDoctorWorld,
} from './doctor-world.ts'

const { ask, run, state, requests, forgetRequests, ...world } = useDoctorWorld()

const importing = allow(['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository'])
const looking = [readingRules, simulating]

const statuses = ({ checks }: Answer) =>
  Object.fromEntries(checks.map(({ id, status }) => [id, status] as const))

const allOk = {
  'image.reference': 'ok',
  'image.rule': 'ok',
  'image.library': 'ok',
  'image.client': 'ok',
  'image.template': 'ok',
  'image.permissions': 'ok',
  'image.credential': 'ok',
  'image.upstream': 'ok',
  'image.limit': 'ok',
  'image.cached': 'ok',
}

describe('an image that pulls', () => {
  test.each(['debian:12', 'library/debian:12', 'docker.io/debian:12', `docker-hub/library/debian:12`])(
    'as %s',
    async (image) => {
      const answer = await ask(image)
      expect({ ...answer, checks: statuses(answer) }).toEqual({
        version: 1,
        command: 'doctor',
        code: 0,
        given: image,
        image: 'docker.io/library/debian:12',
        cached: `${host}/${repository}:12`,
        ok: true,
        failsAt: null,
        checks: allOk,
        explanations: [],
      })
    },
  )

  test('as an ECR URI, in the URI’s Region whatever the default is', async () => {
    const answer = await ask(`${host}/${repository}:12`, { env: { AWS_REGION: 'eu-west-1' } })
    expect({ code: answer.code, cached: answer.cached, checks: statuses(answer) }).toEqual({
      code: 0,
      cached: `${host}/${repository}:12`,
      checks: allOk,
    })
  })

  test('changes nothing and pulls nothing', async () => {
    await ask('debian:12')
    const log = await requests()
    expect(log.filter(({ mutating }) => mutating)).toEqual([])
    const { dockerHub } = state()
    expect(dockerHub).toMatchObject({ accounts: [{ pulls: 0 }], anonymousPulls: 0 })
    const asked = log.filter(({ service }) => service === 'docker-registry')
    expect(new Set(asked.map(({ operation }) => operation.split(' ')[0]))).toEqual(new Set(['HEAD']))
    expect(log.map(({ operation }) => operation)).not.toContain('BatchGetImage')
  })

  test('is told in lines', async () => {
    const { code, stdout, stderr } = await run('debian:12')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      'given:    debian:12',
      'upstream: docker.io/library/debian:12',
      `cached:   ${host}/${repository}:12`,
      '',
      `us-east-1 ${repository}:12`,
      '  ok  image.reference    docker.io/library/debian:12',
    ])
    expect(stdout.trimEnd().split('\n').slice(-2)).toEqual(['10 ok', 'no step that was asked fails'])
  })

  test('in two Regions: the one without a rule is where it fails', async () => {
    const answer = await ask('debian:12', {
      flags: ['--source', 'env', '--region', region, '--region', 'eu-west-1'],
    })
    expect(answer).toMatchObject({ code: 2, failsAt: 'image.rule', cached: `${host}/${repository}:12` })
    expect(answer.checks.filter(({ id }) => id === 'image.rule')).toMatchObject([
      { target: `${region} ${repository}:12`, status: 'ok' },
      { target: 'eu-west-1 docker.io/library/debian:12', status: 'missing' },
    ])
  })

  test('without a source is asked for anonymously, and whose the limit is stays open', async () => {
    const answer = await ask('debian:12', { env: noSource })
    expect({ code: answer.code, checks: statuses(answer) }).toEqual({
      code: 0,
      checks: { ...allOk, 'image.limit': 'unknowable' },
    })
    const logins = (await requests()).filter(({ service }) => service === 'docker-auth')
    expect(logins).toHaveLength(1)
  })
})

/** One thing that is broken, what is asked for then, and the step at which the pull fails. */
interface Broken {
  readonly name: string
  readonly breaks?: () => Promise<unknown>
  readonly image?: string
  readonly asking?: Asking | (() => Promise<Asking>)
  readonly failsAt: CheckId | null
  readonly code: number
  /** What the step says, or another where none fails. */
  readonly says: RegExp
  readonly sayer?: CheckId
  /** Every other status that is not `ok`. */
  readonly others?: Partial<Record<CheckId, Status>>
}

const noRule = {
  'image.client': 'skipped',
  'image.template': 'skipped',
  'image.permissions': 'skipped',
  'image.credential': 'skipped',
} as const

const notHere = {
  ...noRule,
  'image.library': 'skipped',
  'image.upstream': 'skipped',
  'image.limit': 'skipped',
  'image.cached': 'skipped',
} as const

const broken: readonly Broken[] = [
  {
    name: 'a word that is no image',
    image: 'Debian:12',
    failsAt: 'image.reference',
    code: 2,
    says: /^drift: .*upper-case letters → write it as docker pull takes it/,
    others: { ...notHere, 'image.rule': 'skipped' },
  },
  {
    name: 'a prefix that no rule has',
    image: `${host}/dockerhub/library/debian:12`,
    failsAt: 'image.rule',
    code: 2,
    says: new RegExp(`nearest is docker-hub → pull ${host}/${repository}:12 instead`),
    others: { ...notHere, 'image.cached': 'ok' },
  },
  {
    name: 'the same without a registry',
    image: 'dockerhub/library/debian:12',
    failsAt: 'image.rule',
    code: 2,
    says: new RegExp(`nearest is docker-hub → pull ${host}/${repository}:12 instead`),
    others: { ...notHere, 'image.cached': 'ok' },
  },
  {
    name: 'an upstream that no rule caches',
    image: 'quay.io/acme/widgets:1',
    failsAt: 'image.rule',
    code: 2,
    says: /^missing: no pull-through cache rule in us-east-1 caches images of quay\.io → run: pulumi up/,
    others: {
      ...noRule,
      'image.upstream': 'unknowable',
      'image.limit': 'skipped',
      'image.cached': 'skipped',
    },
  },
  {
    name: 'an upstream that ECR cannot cache',
    image: 'gcr.io/acme/widgets:1',
    failsAt: 'image.rule',
    code: 2,
    says: /^missing: ECR cannot cache images of gcr\.io/,
    others: {
      ...noRule,
      'image.upstream': 'unknowable',
      'image.limit': 'skipped',
      'image.cached': 'skipped',
    },
  },
  {
    name: 'a registry of another account',
    image: `999999999999.dkr.ecr.us-east-1.amazonaws.com/${repository}:12`,
    failsAt: 'image.rule',
    code: 1,
    says: /account 999999999999, and these AWS credentials are of account 123456789012/,
    others: notHere,
  },
  {
    name: 'a registry of a Region that is not asked for',
    image: `${account}.dkr.ecr.eu-west-1.amazonaws.com/${repository}:12`,
    asking: { flags: ['--source', 'env', '--region', region] },
    failsAt: 'image.rule',
    code: 1,
    says: /the registry is in eu-west-1, and us-east-1 was asked for → run it without --region/,
    others: notHere,
  },
  {
    name: 'rules that may not be read',
    asking: () => world.signAs([allow('iam:*')]),
    failsAt: 'image.rule',
    code: 1,
    says: /^denied: .*DescribePullThroughCacheRules.* → allow ecr:DescribePullThroughCacheRules/,
    others: { ...noRule, 'image.cached': 'skipped' },
  },
  {
    name: 'an official image without library/',
    image: 'docker-hub/debian:12',
    failsAt: 'image.library',
    code: 2,
    says: new RegExp(`^drift: .*docker-hub/debian.* → pull ${host}/${repository}:12 instead`),
  },
  {
    name: 'library/ before a namespace',
    image: `${host}/docker-hub/library/bitnami/redis:7.2`,
    failsAt: 'image.library',
    code: 2,
    says: new RegExp(`^drift: .*namespace of its own.* → pull ${host}/docker-hub/bitnami/redis:7.2 instead`),
  },
  {
    name: 'library/ before a name that is not official',
    image: 'docker-hub/library/grafana',
    failsAt: 'image.library',
    code: 2,
    says: /^drift: Docker Hub has no official image grafana.*docker-hub\/NAMESPACE\/grafana/,
    others: { 'image.upstream': 'skipped', 'image.limit': 'skipped' },
  },
  {
    name: 'a first pull by digest',
    image: `debian:12@sha256:${'0'.repeat(64)}`,
    failsAt: 'image.client',
    code: 2,
    says: new RegExp(`^drift: .*first pull by digest.* → run once: docker pull ${host}/${repository}:12;`),
    others: { 'image.upstream': 'missing', 'image.limit': 'skipped' },
  },
  {
    name: 'a first pull through a FIPS endpoint',
    image: `${account}.dkr.ecr-fips.us-east-1.amazonaws.com/${repository}:12`,
    failsAt: 'image.client',
    code: 2,
    says: new RegExp(`^drift: .*FIPS endpoint → run once: docker pull ${host}/${repository}:12$`),
  },
  {
    name: 'a first pull by Lambda',
    asking: { flags: ['--source', 'env', '--client', 'lambda'] },
    failsAt: 'image.client',
    code: 2,
    says: /^drift: .*Lambda does not pull through a cache rule → run before the deployment: docker pull/,
  },
  {
    name: 'a template that needs a role',
    breaks: () => world.createTemplate({ resourceTags: [{ Key: 'team', Value: 'platform' }] }),
    failsAt: 'image.template',
    code: 2,
    says: /^drift: .*template docker-hub sets tags.* → run: aws ecr update-repository-creation-template/,
  },
  {
    name: 'a template that freezes tags, which fails nothing yet',
    breaks: () => world.createTemplate({ prefix: 'ROOT', imageTagMutability: 'IMMUTABLE' }),
    failsAt: null,
    code: 0,
    sayer: 'image.template',
    says: /^warning: the repository creation template ROOT makes tags immutable/,
  },
  {
    name: 'a puller who may not import',
    asking: () => world.signAs([...looking, pulling, allow('ecr:CreateRepository')]),
    failsAt: 'image.permissions',
    code: 2,
    says: /^drift: arn:aws:iam::123456789012:user\/builder may not ecr:BatchImportUpstreamImage on docker-hub\/library\/debian.*says that the image is not found → allow ecr:BatchImportUpstreamImage/,
  },
  {
    name: 'a session of a role that may import other repositories alone',
    asking: () =>
      world.signAs(
        [...looking, pulling, { ...importing, Resource: 'arn:aws:ecr:*:*:repository/quay/*' }],
        `arn:aws:sts::${account}:assumed-role/node/i-0123456789`,
      ),
    failsAt: 'image.permissions',
    code: 2,
    says: /^drift: arn:aws:iam::123456789012:role\/node may not ecr:BatchImportUpstreamImage, ecr:CreateRepository on/,
  },
  {
    name: 'a puller whom the registry policy lets import',
    breaks: () =>
      world.putRegistryPolicy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` } }),
    asking: () => world.signAs([...looking, pulling]),
    failsAt: null,
    code: 0,
    sayer: 'image.permissions',
    says: /^ok: arn:aws:iam::123456789012:user\/builder may/,
  },
  {
    name: 'a registry policy that denies the import',
    breaks: () => world.putRegistryPolicy({ Effect: 'Deny', Principal: '*' }),
    failsAt: 'image.permissions',
    code: 2,
    says: /^drift: the registry policy denies ecr:BatchImportUpstreamImage, ecr:CreateRepository on .* explicitly/,
  },
  {
    name: 'an import that hangs on where it comes from',
    asking: () =>
      world.signAs([
        ...looking,
        pulling,
        { ...importing, Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } },
      ]),
    failsAt: null,
    code: 0,
    sayer: 'image.permissions',
    says: /^unknowable: .*ecr:BatchImportUpstreamImage, ecr:CreateRepository is not known: it hangs on aws:sourcevpc/i,
  },
  {
    name: 'a caller who may not simulate',
    asking: () => world.signAs([readingRules, pulling]),
    failsAt: null,
    code: 0,
    sayer: 'image.permissions',
    says: /^unknowable: .*could not be simulated: AWS denies iam:SimulatePrincipalPolicy.* → allow iam:SimulatePrincipalPolicy/,
  },
  {
    name: 'a token that has expired',
    breaks: () => world.changeToken({ state: 'expired' }),
    failsAt: 'image.credential',
    code: 2,
    says: /^drift: ECR cannot log in.*Docker Hub refuses the credential itself.* → create a personal access token.*then run: pullthrough sync$/,
    others: { 'image.limit': 'unknowable', 'docker-hub.login': 'drift' },
  },
  {
    name: 'a secret that was deleted',
    breaks: () => world.deleteSecret(),
    failsAt: 'image.credential',
    code: 2,
    says: /^drift: .*the secret is scheduled for deletion.* → .*pullthrough sync --restore/,
    others: { 'secret.present': 'drift' },
  },
  {
    name: 'a tag that the upstream does not have',
    image: 'debian:99',
    failsAt: 'image.upstream',
    code: 2,
    says: /^missing: Docker Hub has library\/debian, and no 99 in it → choose one of https:\/\/hub\.docker\.com\/_\/debian\/tags$/,
    others: { 'image.limit': 'skipped' },
  },
  {
    name: 'a repository that is not there, or private',
    image: 'acme/widgets',
    failsAt: 'image.upstream',
    code: 2,
    says: /^missing: Docker Hub has no repository acme\/widgets, or sandbox may not see it/,
    others: { 'image.limit': 'skipped' },
  },
  {
    name: 'the same, asked anonymously',
    image: 'acme/widgets',
    asking: { env: noSource },
    failsAt: null,
    code: 0,
    sayer: 'image.upstream',
    says: /^unknowable: .*that everybody sees; whether there is a private one/,
    others: { 'image.limit': 'unknowable' },
  },
  {
    name: 'an outage of Docker Hub’s registry',
    breaks: () => world.fail('docker-registry', '*', { kind: 'error' }),
    failsAt: 'image.upstream',
    code: 1,
    says: /^unreachable: Docker Hub .* answered 500 when asked for an image/,
    others: { 'image.limit': 'skipped' },
  },
  {
    name: 'an account without pulls',
    breaks: () => world.changeToken({ pullsLeft: 0 }),
    failsAt: 'image.limit',
    code: 2,
    says: /^drift: Docker Hub lets sandbox pull 200 images in 6 h, and none is left now → wait/,
  },
  {
    name: 'an account with few pulls',
    breaks: () => world.changeToken({ pullsLeft: 3 }),
    failsAt: null,
    code: 0,
    sayer: 'image.limit',
    says: /^warning: .*only 3 are left/,
  },
  {
    name: 'a cached image behind a token that has expired',
    breaks: async () => {
      await world.changeToken({ state: 'expired' })
      await world.cacheImage()
    },
    failsAt: null,
    code: 0,
    sayer: 'image.credential',
    says: /^warning: .*this image is cached and still pulls, but it is not refreshed, and tags that are not cached fail/,
    others: { 'image.limit': 'unknowable' },
  },
  {
    name: 'a cached image that Lambda pulls',
    breaks: () => world.cacheImage(),
    asking: { flags: ['--source', 'env', '--client', 'lambda'] },
    failsAt: null,
    code: 0,
    sayer: 'image.client',
    says: /^ok: the image is cached/,
  },
  {
    name: 'images that may not be listed',
    asking: () =>
      world.signAs([
        ...looking,
        pulling,
        importing,
        { Effect: 'Deny', Action: 'ecr:DescribeImages', Resource: '*' },
      ]),
    failsAt: null,
    code: 0,
    sayer: 'image.cached',
    says: /^unknowable: AWS denies ecr:DescribeImages/,
  },
]

describe('one step is broken, and that step is named', () => {
  test.each(broken)(
    '$name',
    async ({ breaks, image = 'debian:12', asking = {}, failsAt, code, says, sayer, others }) => {
      await breaks?.()
      await forgetRequests()
      const answer = await ask(image, typeof asking === 'function' ? await asking() : asking)
      expect(step(answer, sayer ?? failsAt ?? 'image.reference')).toMatch(says)
      const named = sayer ?? failsAt
      const expected = { ...allOk, ...others }
      const found = statuses(answer)
      if (named) expect({ ...found, [named]: 'named' }).toEqual({ ...expected, [named]: 'named' })
      expect({ code: answer.code, failsAt: answer.failsAt, ok: answer.ok }).toEqual({
        code,
        failsAt,
        ok: failsAt === null,
      })
      expect((await requests()).filter(({ mutating }) => mutating)).toEqual([])
    },
  )
})
