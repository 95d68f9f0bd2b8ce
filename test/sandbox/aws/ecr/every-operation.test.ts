import * as ecr from '@aws-sdk/client-ecr'
import { DescribePullThroughCacheRulesCommand, ListTagsForResourceCommand } from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { sendRaw } from '../raw-http.ts'
import { account, callEcr, signAs } from './ecr-world.ts'

const prefix = 'docker-hub'
const repositoryName = 'docker-hub/a'
const quay = { ecrRepositoryPrefix: prefix, upstreamRegistryUrl: 'quay.io' }

/** Every operation that is done, an input that it takes, and what IAM is asked about. */
const operations: readonly [operation: string, input: object, resource: string][] = [
  ['CreatePullThroughCacheRule', quay, '*'],
  ['DescribePullThroughCacheRules', {}, '*'],
  ['UpdatePullThroughCacheRule', { ecrRepositoryPrefix: prefix }, '*'],
  ['DeletePullThroughCacheRule', { ecrRepositoryPrefix: prefix }, '*'],
  ['ValidatePullThroughCacheRule', { ecrRepositoryPrefix: prefix }, '*'],
  ['CreateRepositoryCreationTemplate', { prefix, appliedFor: ['PULL_THROUGH_CACHE'] }, '*'],
  ['DescribeRepositoryCreationTemplates', {}, '*'],
  ['UpdateRepositoryCreationTemplate', { prefix }, '*'],
  ['DeleteRepositoryCreationTemplate', { prefix }, '*'],
  ['GetRegistryPolicy', {}, '*'],
  ['PutRegistryPolicy', { policyText: '{}' }, '*'],
  ['DeleteRegistryPolicy', {}, '*'],
  ['CreateRepository', { repositoryName }, repositoryName],
  ['DescribeRepositories', { repositoryNames: [repositoryName] }, repositoryName],
  ['DeleteRepository', { repositoryName }, repositoryName],
  ['DescribeImages', { repositoryName }, repositoryName],
  ['ListImages', { repositoryName }, repositoryName],
  ['BatchGetImage', { repositoryName, imageIds: [{ imageTag: '1' }] }, repositoryName],
  ['BatchDeleteImage', { repositoryName, imageIds: [{ imageTag: '1' }] }, repositoryName],
  ['GetDownloadUrlForLayer', { repositoryName, layerDigest: 'sha256:0' }, repositoryName],
  ['BatchCheckLayerAvailability', { repositoryName, layerDigests: ['sha256:0'] }, repositoryName],
  ['GetAuthorizationToken', {}, '*'],
]

test.each(operations)(
  '%s is denied to whoever may do everything else',
  async (operation, input, resource) => {
    const sandbox = await startAwsSandbox()
    const action = `ecr:${operation}`
    signAs(
      sandbox,
      { Effect: 'Allow', NotAction: action, Resource: '*' },
      { arn: `arn:aws:iam::${account}:user/sandbox`, credentials: sandbox.aws.seededIdentity },
    )
    const before = sandbox.aws.state()
    const arn = resource === '*' ? '*' : `arn:aws:ecr:us-east-1:${account}:repository/${resource}`
    expect(await callEcr(sandbox, operation, input)).toEqual({
      status: 400,
      body: {
        __type: 'AccessDeniedException',
        message: `User: arn:aws:iam::${account}:user/sandbox is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
      },
    })
    expect(sandbox.aws.state()).toEqual(before)
  },
)

test.each(operations)('%s refuses JSON of another type', async (operation) => {
  const sandbox = await startAwsSandbox()
  expect(await callEcr(sandbox, operation, [])).toMatchObject({
    status: 400,
    body: { __type: 'SerializationException' },
  })
})

test('knows every operation of ECR, and does those above', async () => {
  const sandbox = await startAwsSandbox()
  const names = Object.keys(ecr).flatMap((name) => /^([A-Z].*)Command$/.exec(name)?.[1] ?? [])
  expect(names.length).toBeGreaterThan(50)
  const answers = await Promise.all(
    names.map(async (name) => [name, (await callEcr(sandbox, name, {})).body] as const),
  )
  const unknown = answers.filter(([, body]) => body['__type'] === 'UnknownOperationException')
  expect(unknown).toEqual([])
  const done = answers.flatMap(([name, body]) => (body['__type'] === 'SandboxNotImplemented' ? [] : [name]))
  expect(done.sort()).toEqual(operations.map(([name]) => name).sort())
})

test('says loudly what it does not do', async () => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(sandbox.ecr().send(new ListTagsForResourceCommand({ resourceArn: 'arn' })))).toEqual({
    name: 'SandboxNotImplemented',
    message: 'the sandbox does not do ecr ListTagsForResource; AWS does',
    status: 501,
  })
})

test.each(['CreatePullThroughCacheRules', 'toString', 'constructor'])(
  'does not know the operation %s',
  async (operation) => {
    const sandbox = await startAwsSandbox()
    expect(await callEcr(sandbox, operation, {})).toEqual({
      status: 400,
      body: { __type: 'UnknownOperationException', message: '' },
    })
  },
)

const describe = new DescribePullThroughCacheRulesCommand({})

test.each([
  ['throttle', 'ThrottlingException', 'Rate exceeded', 400],
  [
    'deny',
    'AccessDeniedException',
    `User: arn:aws:iam::${account}:user/sandbox is not authorized to perform: ecr:DescribePullThroughCacheRules on resource: * because no identity-based policy allows the ecr:DescribePullThroughCacheRules action`,
    400,
  ],
  ['expired-token', 'ExpiredTokenException', 'The security token included in the request is expired', 400],
  ['error', 'ServerException', 'These errors are usually caused by a server-side issue.', 500],
])('the fault %s is in the words of ECR', async (kind, name, message, status) => {
  const sandbox = await startAwsSandbox()
  sandbox.faults.add({ service: 'ecr', operation: '*', times: 1, fault: { kind } })
  expect(await refusal(sandbox.ecr().send(describe))).toEqual({ name, message, status })
  expect(await sandbox.ecr().send(describe)).toMatchObject({ pullThroughCacheRules: [] })
})

test('refuses who cannot sign, and a signature for another service', async () => {
  const sandbox = await startAwsSandbox()
  const credentials = { accessKeyId: 'AKIASANDBOX000000001', secretAccessKey: 'wrong' }
  expect(await refusal(sandbox.ecr({ credentials }).send(describe))).toMatchObject({
    name: 'InvalidSignatureException',
    status: 400,
  })
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.DescribePullThroughCacheRules',
  }
  const { status, body } = await sendRaw(sandbox.url, { method: 'POST', path: '/', headers, body: '{}' })
  expect({ status, body: JSON.parse(body) as unknown }).toEqual({
    status: 400,
    body: { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
  })
})

test('notes what changes something, and starts over', async () => {
  const sandbox = await startAwsSandbox()
  for (const [operation, input] of operations) await callEcr(sandbox, operation, input)
  const mutating = sandbox.log.entries().map((entry) => [entry.operation, entry.service, entry.mutating])
  expect(mutating).toEqual(
    operations.map(([operation]) => [
      operation,
      'ecr',
      !/^(Describe|Get|Validate|List|BatchGet|BatchCheck)/.test(operation),
    ]),
  )
  sandbox.aws.seeds['/aws/repositories']?.({ repositoryName })
  sandbox.aws.reset()
  expect(sandbox.aws.state()).toEqual({
    [account]: { 'us-east-1': { secrets: [], rules: [], templates: [], repositories: [] } },
  })
})

test('dates are numbers of seconds on the wire', async () => {
  const sandbox = await startAwsSandbox()
  sandbox.clock.set(new Date('2027-03-01T00:00:00Z'))
  const { body } = await callEcr(sandbox, 'CreatePullThroughCacheRule', quay)
  expect(Math.floor(Number(body['createdAt']) / 60)).toBe(Date.parse('2027-03-01T00:00:00Z') / 60_000)
})
