import {
  CreateRepositoryCreationTemplateCommand,
  DescribeRepositoriesCommand,
  PutRegistryPolicyCommand,
} from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import type { AwsSandbox } from '../aws-sandbox.ts'
import { account, signAs } from '../ecr/ecr-world.ts'
import {
  debian,
  errorOf,
  imageUnknown,
  type PullSandbox,
  repositoryUnknown,
  startPullSandbox,
} from './pull-world.ts'

const name = 'docker-hub/library/debian'
const repositoryArn = `arn:aws:ecr:us-east-1:${account}:repository/${name}`
const manifest = `${debian}/manifests/12`

/** A pull by somebody who may do everything but this. */
async function withoutPermission(sandbox: PullSandbox, action: string) {
  const somebody = signAs(sandbox, { Effect: 'Allow', NotAction: action, Resource: '*' })
  return { token: await sandbox.token(somebody) }
}

async function putPolicy(sandbox: AwsSandbox, statement: object): Promise<void> {
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement: statement })
  await sandbox.ecr().send(new PutRegistryPolicyCommand({ policyText }))
}

async function putTemplate(sandbox: AwsSandbox, template: object, prefix = 'docker-hub'): Promise<void> {
  await sandbox.ecr().send(
    new CreateRepositoryCreationTemplateCommand({
      prefix,
      appliedFor: ['PULL_THROUGH_CACHE'],
      ...template,
    }),
  )
}

function denied(action: string): readonly unknown[] {
  const who = `User: arn:aws:iam::${account}:user/somebody`
  const why = `because no identity-based policy allows the ${action} action`
  return [
    403,
    'DENIED',
    `${who} is not authorized to perform: ${action} on resource: ${repositoryArn} ${why}`,
  ]
}

test.each<[action: string, error: readonly unknown[]]>([
  ['ecr:BatchGetImage', denied('ecr:BatchGetImage')],
  ['ecr:BatchImportUpstreamImage', imageUnknown],
  ['ecr:CreateRepository', repositoryUnknown(name)],
])('without %s nothing is imported', async (action, error) => {
  const sandbox = await startPullSandbox()
  expect(errorOf(await sandbox.registry(manifest, await withoutPermission(sandbox, action)))).toEqual(error)
  expect(sandbox.upstreamRequests()).toEqual([])
})

test('once an image is there, it takes no permission to create a repository, but to import it does', async () => {
  const sandbox = await startPullSandbox()
  await sandbox.registry(manifest)
  const pull = async (action: string) =>
    (await sandbox.registry(manifest, await withoutPermission(sandbox, action))).status
  expect(await pull('ecr:CreateRepository')).toBe(200)
  expect(await pull('ecr:BatchImportUpstreamImage')).toBe(404)
})

test.each([
  ['blobs/sha256:0', 'ecr:GetDownloadUrlForLayer'],
  ['tags/list', 'ecr:ListImages'],
])('asks for the permission for %s', async (path, action) => {
  const sandbox = await startPullSandbox()
  const as = await withoutPermission(sandbox, action)
  expect(errorOf(await sandbox.registry(`${debian}/${path}`, as))).toEqual(denied(action))
})

test('takes the registry policy in place of one’s own', async () => {
  const sandbox = await startPullSandbox()
  const actions = ['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository']
  const somebody = signAs(sandbox, { Effect: 'Allow', NotAction: actions, Resource: '*' })
  const as = { token: await sandbox.token(somebody) }
  expect(errorOf(await sandbox.registry(manifest, as))).toEqual(repositoryUnknown(name))
  const principal = { AWS: `arn:aws:iam::${account}:user/somebody` }
  const resource = `arn:aws:ecr:us-east-1:${account}:repository/docker-hub/*`
  await putPolicy(sandbox, { Effect: 'Allow', Principal: principal, Action: actions, Resource: resource })
  expect((await sandbox.registry(manifest, as)).status).toBe(200)
})

test('obeys a registry policy that denies imports', async () => {
  const sandbox = await startPullSandbox()
  await putPolicy(sandbox, {
    Effect: 'Deny',
    Principal: '*',
    Action: 'ecr:BatchImportUpstreamImage',
    Resource: '*',
  })
  expect(errorOf(await sandbox.registry(manifest))).toEqual(imageUnknown)
})

test('makes the repository by the template with the longest prefix', async () => {
  const sandbox = await startPullSandbox()
  await putTemplate(sandbox, { imageTagMutability: 'IMMUTABLE' }, 'ROOT')
  await putTemplate(sandbox, {
    resourceTags: [{ Key: 'team', Value: 'web' }],
    customRoleArn: `arn:aws:iam::${account}:role/templates`,
  })
  await putTemplate(
    sandbox,
    { imageTagMutability: 'IMMUTABLE', appliedFor: ['REPLICATION'] },
    'docker-hub/library',
  )
  expect((await sandbox.registry(manifest)).status).toBe(200)
  const { repositories } = await sandbox.ecr().send(new DescribeRepositoriesCommand({}))
  expect(repositories).toEqual([
    {
      repositoryArn,
      registryId: account,
      repositoryName: name,
      repositoryUri: `${account}.dkr.ecr.us-east-1.amazonaws.com/${name}`,
      createdAt: expect.any(Date) as Date,
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: 'AES256' },
    },
  ])
  // The tag of the template is on it: a policy that asks for it lets in.
  const tagged = signAs(sandbox, {
    Effect: 'Allow',
    Action: 'ecr:*',
    Resource: '*',
    Condition: { StringEqualsIfExists: { 'aws:ResourceTag/team': 'web' } },
  })
  expect((await sandbox.registry(manifest, { token: await sandbox.token(tagged) })).status).toBe(200)
})

const key = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`

test.each([
  { resourceTags: [{ Key: 'team', Value: 'web' }] },
  { encryptionConfiguration: { encryptionType: 'KMS', kmsKey: key } },
])('makes no repository by the template %j, which has no role for it', async (template) => {
  const sandbox = await startPullSandbox()
  await putTemplate(sandbox, template)
  expect(errorOf(await sandbox.registry(manifest))).toEqual(repositoryUnknown(name))
  expect(sandbox.upstreamRequests()).toEqual([])
})

test('lets another account in by the policies of the registry and of the template', async () => {
  const sandbox = await startPullSandbox()
  const { registry, token } = sandbox
  const other = signAs(
    sandbox,
    { Effect: 'Allow', Action: '*', Resource: '*' },
    {
      arn: 'arn:aws:iam::999999999999:role/node',
      credentials: { accessKeyId: 'AKIAOTHER0000000001', secretAccessKey: 'other' },
    },
  )
  const as = {
    token: await token(other),
    headers: { host: `${account}.dkr.ecr.us-east-1.amazonaws.com` },
  }
  const principal = { AWS: 'arn:aws:iam::999999999999:root' }
  await putTemplate(sandbox, {
    repositoryPolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: principal, Action: ['ecr:BatchGetImage'] },
    }),
  })
  await registry(manifest)
  // Whoever pulls from a repository of the cache has to be allowed to import, too.
  expect(errorOf(await registry(manifest, as))).toEqual(imageUnknown)
  await putPolicy(sandbox, {
    Effect: 'Allow',
    Principal: principal,
    Action: 'ecr:BatchImportUpstreamImage',
    Resource: '*',
  })
  expect((await registry(manifest, as)).status).toBe(200)
  expect((await registry('/v2/docker-hub/library/node/manifests/20', as)).status).toBe(403)
})
