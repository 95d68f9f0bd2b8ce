import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import type { Fault } from '../../../../src/sandbox/fault.ts'
import { account, denySecret, serviceLinkedRole, upstreamCredential } from '../ecr/ecr-world.ts'
import {
  authenticationFailed,
  changeAccount,
  debian,
  errorOf,
  hours,
  imagesOf,
  imageUnknown,
  startPullSandbox,
} from './pull-world.ts'

type Started = Awaited<ReturnType<typeof startPullSandbox>>

const throttled = [429, 'TOOMANYREQUESTS', 'Too many requests were sent to the upstream registry']
const unavailable = [503, 'UNAVAILABLE', 'The upstream registry is not available']

const manifests = 'GET /v2/{name}/manifests/{reference}'
const blobs = 'GET /v2/{name}/blobs/{digest}'
const head = 'HEAD /v2/{name}/manifests/{reference}'

function fault(service: 'docker-auth' | 'docker-registry', operation: string, what: Fault) {
  return ({ faults }: Started): undefined => {
    faults.add({ service, operation, times: 'always', fault: what })
    return undefined
  }
}

const putValue =
  (value: string) =>
  async (sandbox: Started): Promise<void> => {
    const command = new PutSecretValueCommand({ SecretId: sandbox.credentialArn, SecretString: value })
    await sandbox.secretsManager().send(command)
  }

/** What goes wrong, and what the registry says of an image that it does not have. */
const troubles: readonly [
  title: string,
  breakIt: (sandbox: Started) => Promise<unknown> | undefined,
  error: readonly unknown[],
][] = [
  [
    'a secret that was deleted',
    (sandbox) => sandbox.secretsManager().send(new DeleteSecretCommand({ SecretId: sandbox.credentialArn })),
    authenticationFailed,
  ],
  [
    'a secret that its policy keeps from ECR',
    (sandbox) => denySecret(sandbox, sandbox.credentialArn),
    authenticationFailed,
  ],
  [
    'a secret under a key of the customer',
    (sandbox) =>
      sandbox.secretsManager().send(
        new UpdateSecretCommand({
          SecretId: sandbox.credentialArn,
          KmsKeyId: `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
        }),
      ),
    authenticationFailed,
  ],
  ['a secret that is not JSON', putValue('dckr_pat_1'), authenticationFailed],
  ['a wrong token', putValue('{"username":"sandbox","accessToken":"dckr_pat_wrong"}'), authenticationFailed],
  [
    'a token that was revoked',
    (sandbox) => {
      changeAccount(sandbox, { state: 'revoked' })
      return undefined
    },
    authenticationFailed,
  ],
  [
    'a token that may pull nothing',
    (sandbox) => {
      changeAccount(sandbox, { scope: 'cloud-sandboxes' })
      return undefined
    },
    authenticationFailed,
  ],
  [
    'no service-linked role',
    ({ aws }) => {
      aws.seeds['/aws/service-linked-roles']?.({ present: false })
      return undefined
    },
    authenticationFailed,
  ],
  ['a login that is throttled', fault('docker-auth', '*', { kind: 'throttle' }), throttled],
  ['a login that fails', fault('docker-auth', '*', { kind: 'error', status: 500 }), unavailable],
  ['a page in place of the token', fault('docker-auth', '*', { kind: 'html', status: 503 }), unavailable],
  ['a registry that throttles', fault('docker-registry', head, { kind: 'throttle' }), throttled],
  ['a registry that denies', fault('docker-registry', head, { kind: 'deny' }), authenticationFailed],
  ['a page in place of the registry', fault('docker-registry', '*', { kind: 'html' }), unavailable],
  ['a registry that hangs up', fault('docker-registry', '*', { kind: 'reset' }), unavailable],
  [
    'a registry that does not answer',
    (sandbox) => {
      sandbox.aws.announce({ dockerHub: { url: sandbox.dockerHubUrl, patienceMs: 300 } })
      fault('docker-registry', head, { kind: 'hang' })(sandbox)
      return undefined
    },
    unavailable,
  ],
]

test.each(troubles)('%s: what is cached is served on, a new tag is refused', async (_, breakIt, error) => {
  const sandbox = await startPullSandbox()
  const cached = await sandbox.registry(`${debian}/manifests/12`)
  await breakIt(sandbox)
  sandbox.clock.advance(hours(25))
  const later = { token: await sandbox.token() }
  const [stale, fresh] = await Promise.all([
    sandbox.registry(`${debian}/manifests/12`, later),
    sandbox.registry(`${debian}/manifests/latest`, later),
  ])
  expect([stale.status, stale.body.equals(cached.body)]).toEqual([200, true])
  expect(errorOf(fresh)).toEqual(error)
  expect(imagesOf(sandbox, 'docker-hub/library/debian')).toHaveLength(3)
})

test.each([
  ['the pulls are used up', manifests, { kind: 'pull-limit' }, throttled],
  ['a manifest is cut off', manifests, { kind: 'lost' }, unavailable],
  ['a layer is denied', blobs, { kind: 'deny' }, authenticationFailed],
  ['a layer is cut off', blobs, { kind: 'reset' }, unavailable],
  ['a layer is a page', blobs, { kind: 'html', status: 500 }, unavailable],
])('nothing is kept where %s', async (_, operation, what, error) => {
  const sandbox = await startPullSandbox()
  // The first of its kind goes through.
  sandbox.faults.add({ service: 'docker-registry', operation, times: 1, skip: 1, fault: what })
  expect(errorOf(await sandbox.registry(`${debian}/manifests/12`))).toEqual(error)
  expect(sandbox.aws.state()[account]?.['us-east-1']?.repositories).toEqual([])
  expect((await sandbox.registry(`${debian}/manifests/12`)).status).toBe(200)
})

test('an account without pulls left pulls no more, and what is cached stays', async () => {
  const sandbox = await startPullSandbox()
  changeAccount(sandbox, { pullsLeft: 2 })
  expect((await sandbox.registry(`${debian}/manifests/12`)).status).toBe(200)
  expect(errorOf(await sandbox.registry(`${debian}/manifests/latest`))).toEqual(throttled)
  expect((await sandbox.registry(`${debian}/manifests/12`)).status).toBe(200)
})

test('a tag that is gone upstream is still served', async () => {
  const sandbox = await startPullSandbox()
  sandbox.aws.seeds['/aws/repositories']?.({
    repositoryName: 'docker-hub/library/debian',
    imageTags: ['none'],
  })
  sandbox.clock.advance(hours(25))
  const later = { token: await sandbox.token() }
  expect((await sandbox.registry(`${debian}/manifests/none`, later)).status).toBe(200)
  expect(sandbox.upstreamRequests()).toContain(`docker-registry ${head}`)
})

test('reads the secret anew for each import', async () => {
  const sandbox = await startPullSandbox()
  await putValue('{"username":"sandbox","accessToken":"dckr_pat_wrong"}')(sandbox)
  expect(errorOf(await sandbox.registry(`${debian}/manifests/12`))).toEqual(authenticationFailed)
  await putValue(upstreamCredential)(sandbox)
  expect((await sandbox.registry(`${debian}/manifests/12`)).status).toBe(200)
  expect(errorOf(await sandbox.registry(`${debian}/manifests/none`))).toEqual(imageUnknown)
})

test('a private image needs a token that reads them', async () => {
  const sandbox = await startPullSandbox()
  const path = '/v2/docker-hub/sandbox/private/manifests/latest'
  expect(errorOf(await sandbox.registry(path))).toEqual(authenticationFailed)
  changeAccount(sandbox, { scope: 'repo:read' })
  expect((await sandbox.registry(path)).status).toBe(200)
})

test.each<[fault: Fault, error: readonly unknown[]]>([
  [{ kind: 'secret-lag' }, authenticationFailed],
  [{ kind: 'reads-as', role: `arn:aws:iam::${account}:role/other` }, authenticationFailed],
])('the fault %j of the registry is about the secret', async (what, error) => {
  const sandbox = await startPullSandbox()
  await denySecret(sandbox, sandbox.credentialArn, { but: serviceLinkedRole })
  sandbox.faults.add({ service: 'ecr-registry', operation: '*', times: 1, fault: what })
  expect(errorOf(await sandbox.registry(`${debian}/manifests/12`))).toEqual(error)
  expect((await sandbox.registry(`${debian}/manifests/12`)).status).toBe(200)
})
