import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCreationTemplateCommand,
  type CreateRepositoryCreationTemplateCommandInput,
  ECRClient,
  PutRegistryPolicyCommand,
} from '@aws-sdk/client-ecr'
import { DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type { CheckId, Finding } from '../../src/checks/finding.ts'
import { type Bench, openBench, type Run, seeded } from './in-process.ts'

export const account = '123456789012'
export const region = 'us-east-1'
export const host = `${account}.dkr.ecr.${region}.amazonaws.com`
export const repository = 'docker-hub/library/debian'

/** A credential in the environment, which is quicker to read than an encrypted stack. */
const source = { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: seeded.token }
export const noSource = { DOCKER_HUB_USERNAME: undefined, DOCKER_HUB_TOKEN: undefined }

/** What `doctor --json` prints. */
export interface Answer {
  readonly given: string | null
  readonly image?: string
  readonly cached?: string
  readonly ok: boolean
  readonly failsAt: CheckId | null
  readonly checks: readonly Finding[]
  readonly explanations: readonly { readonly symptom: string; readonly cause: string; readonly fix: string }[]
  readonly error?: { readonly code: string; readonly message: string }
}

/** How it is asked. */
export interface Asking {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: string
}

/** For each test of the file a world in which all is well: synced, with a rule for Docker Hub, and no requests so far. */
export function useDoctorWorld() {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench()
  })
  afterAll(async () => {
    await bench.close()
  })
  beforeEach(async () => {
    await bench.control('POST', '/reset')
    expect(await bench.run(['sync', '--source', 'env'], { env: source })).toMatchObject({ code: 0 })
    const [secret] = bench.sandbox.state().aws[account]?.[region]?.secrets ?? []
    await ecr().send(
      new CreatePullThroughCacheRuleCommand({
        ecrRepositoryPrefix: 'docker-hub',
        upstreamRegistryUrl: 'registry-1.docker.io',
        credentialArn: secret?.arn,
      }),
    )
    await bench.control('DELETE', '/requests')
  })

  const clientOptions = () => {
    const { AWS_ENDPOINT_URL = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = bench.sandbox.env
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
    return { region, endpoint: AWS_ENDPOINT_URL, credentials }
  }
  const ecr = () => new ECRClient(clientOptions())
  const control = (method: string, path: string, body?: unknown) => bench.control(method, path, body)

  const run = async (
    text: string | undefined,
    { flags = ['--source', 'env'], env, stdin }: Asking = {},
    signal?: AbortSignal,
  ): Promise<Run> =>
    bench.run(['doctor', ...(text === undefined ? [] : [text]), ...flags], {
      env: { ...source, ...env },
      ...(stdin === undefined ? {} : { stdin }),
      ...(signal === undefined ? {} : { signal }),
    })

  return {
    run,
    ask: async (text: string | undefined, asking: Asking = {}): Promise<Answer & Pick<Run, 'code'>> => {
      const flags = [...(asking.flags ?? ['--source', 'env']), '--json']
      const { code, stdout } = await run(text, { ...asking, flags })
      return { code, ...(JSON.parse(stdout) as Answer) }
    },
    state: () => bench.sandbox.state(),
    requests: () => bench.requests(),
    forgetRequests: () => control('DELETE', '/requests'),
    fail: (service: string, operation: string, fault: object) =>
      control('POST', '/faults', { service, operation, times: 'always', fault }),
    cacheImage: () =>
      control('POST', '/aws/repositories', {
        account,
        region,
        repositoryName: repository,
        imageTags: ['12'],
      }),
    changeToken: (change: object) =>
      control('POST', '/docker-hub/accounts', {
        username: seeded.username,
        token: seeded.token,
        scope: 'repo:public_read',
        plan: 'personal',
        ...change,
      }),
    deleteSecret: (how: { readonly ForceDeleteWithoutRecovery?: boolean } = {}) =>
      new SecretsManagerClient(clientOptions()).send(
        new DeleteSecretCommand({ SecretId: 'ecr-pullthroughcache/docker-hub', ...how }),
      ),
    async deleteGitHubSecret(name: string) {
      const { GITHUB_API_URL = '', GH_TOKEN = '' } = bench.sandbox.env
      const headers = { authorization: `Bearer ${GH_TOKEN}`, 'user-agent': 'test' }
      const url = `${GITHUB_API_URL}/repos/acme/widgets/actions/secrets/${name}`
      expect(await fetch(url, { method: 'DELETE', headers })).toMatchObject({ status: 204 })
    },
    createTemplate: (template: Partial<CreateRepositoryCreationTemplateCommandInput>) =>
      ecr().send(
        new CreateRepositoryCreationTemplateCommand({
          prefix: 'docker-hub',
          appliedFor: ['PULL_THROUGH_CACHE'],
          ...template,
        }),
      ),
    /** About importing and making repositories below the cache prefix. */
    putRegistryPolicy: (statement: object) =>
      ecr().send(
        new PutRegistryPolicyCommand({
          policyText: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'cache',
                Action: ['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository'],
                Resource: `arn:aws:ecr:${region}:${account}:repository/docker-hub/*`,
                ...statement,
              },
            ],
          }),
        }),
      ),
    /** Sign as somebody whose policy is these statements. */
    async signAs(
      statements: readonly object[],
      arn = `arn:aws:iam::${account}:user/builder`,
    ): Promise<Asking> {
      const key = { accessKeyId: 'AKIABUILDER000000001', secretAccessKey: 'builder' }
      const policy = { Version: '2012-10-17', Statement: statements }
      await control('POST', '/aws/identities', { ...key, arn, policy })
      return { env: { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey } }
    },
  }
}

export const allow = (Action: readonly string[] | string, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
})
export const readingRules = allow([
  'ecr:Describe*',
  'ecr:Validate*',
  'ecr:GetRegistryPolicy',
  'secretsmanager:*',
])
export const simulating = allow('iam:*')
export const pulling = allow(['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'])

/** A step in one line: `missing: CAUSE → FIX`. */
export function step({ checks }: Answer, wanted: CheckId): string {
  const finding = checks.find(({ id }) => id === wanted)
  return `${finding?.status ?? 'not there'}: ${finding?.cause ?? finding?.detail ?? ''} → ${finding?.fix ?? ''}`
}
