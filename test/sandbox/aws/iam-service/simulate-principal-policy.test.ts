import { SimulatePrincipalPolicyCommand, type SimulatePrincipalPolicyCommandInput } from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import { type AwsSandbox, members, refusal, startAwsSandbox } from '../aws-sandbox.ts'

const puller = 'arn:aws:iam::123456789012:role/ci/Puller'
const cached = 'arn:aws:ecr:us-east-1:123456789012:repository/docker-hub/library/debian'
const own = 'arn:aws:ecr:us-east-1:123456789012:repository/own'

function add(sandbox: AwsSandbox, arn: string, statements: readonly object[]) {
  const credentials = {
    accessKeyId: `AKIATEST${String(arn.length).padStart(8, '0')}`,
    secretAccessKey: 'key',
  }
  sandbox.aws.seeds['/aws/identities']?.({
    ...credentials,
    arn,
    policy: { Version: '2012-10-17', Statement: statements },
  })
  return credentials
}

const input = (more: Partial<SimulatePrincipalPolicyCommandInput>): SimulatePrincipalPolicyCommandInput => ({
  PolicySourceArn: puller,
  ActionNames: ['ecr:BatchGetImage'],
  ...more,
})

const simulate = (sandbox: AwsSandbox, more: Partial<SimulatePrincipalPolicyCommandInput> = {}) =>
  sandbox.iam().send(new SimulatePrincipalPolicyCommand(input(more)))

test('gives one result for an action: the most restrictive for any of the resources', async () => {
  const sandbox = await startAwsSandbox()
  add(sandbox, puller, [
    { Effect: 'Allow', Action: ['ecr:BatchGetImage', 'ecr:CreateRepository'], Resource: `${cached}*` },
    { Effect: 'Allow', Action: 'ecr:BatchGetImage', Resource: own },
    { Effect: 'Deny', Action: 'ecr:CreateRepository', Resource: own },
  ])
  const answer = await members(
    simulate(sandbox, {
      ActionNames: ['ecr:BatchGetImage', 'ecr:CreateRepository', 'ecr:BatchImportUpstreamImage'],
      ResourceArns: [cached, own],
    }),
  )
  const none = { MatchedStatements: [], MissingContextValues: [] }
  const result = (action: string, overall: string, ...[first, second]: readonly string[]) => ({
    EvalActionName: action,
    EvalResourceName: '*',
    EvalDecision: overall,
    ...none,
    ResourceSpecificResults: [
      { EvalResourceName: cached, EvalResourceDecision: first, ...none },
      { EvalResourceName: own, EvalResourceDecision: second, ...none },
    ],
  })
  expect(answer).toEqual({
    EvaluationResults: [
      result('ecr:BatchGetImage', 'allowed', 'allowed', 'allowed'),
      result('ecr:CreateRepository', 'explicitDeny', 'allowed', 'explicitDeny'),
      result('ecr:BatchImportUpstreamImage', 'implicitDeny', 'implicitDeny', 'implicitDeny'),
    ],
    IsTruncated: false,
  })
  expect(sandbox.log.entries().map(({ operation, mutating }) => [operation, mutating])).toEqual([
    ['SimulatePrincipalPolicy', false],
  ])
})

test('without resources asks for all of them, and gives no results for single ones', async () => {
  const sandbox = await startAwsSandbox()
  const ana = 'arn:aws:iam::123456789012:user/ana'
  add(sandbox, ana, [{ Effect: 'Allow', Action: 'ecr:BatchGetImage', Resource: cached }])
  const expected = {
    EvaluationResults: [
      {
        EvalActionName: 'ecr:BatchGetImage',
        EvalResourceName: '*',
        EvalDecision: 'implicitDeny',
        MatchedStatements: [],
        MissingContextValues: [],
      },
    ],
    IsTruncated: false,
  }
  expect(await members(simulate(sandbox, { PolicySourceArn: ana }))).toEqual(expected)
  expect(await members(simulate(sandbox, { PolicySourceArn: ana, ResourceArns: ['*'] }))).toEqual(expected)
  const [seeded] =
    (await simulate(sandbox, { PolicySourceArn: 'arn:aws:iam::123456789012:user/sandbox' }))
      .EvaluationResults ?? []
  expect(seeded?.EvalDecision).toBe('allowed')
})

test('names the context keys that the policy asks for: a simulation has none by itself', async () => {
  const sandbox = await startAwsSandbox()
  add(sandbox, puller, [
    {
      Effect: 'Allow',
      Action: 'ecr:*',
      Resource: '*',
      Condition: {
        StringEquals: { 'aws:RequestedRegion': 'us-east-1' },
        Bool: { 'aws:SecureTransport': 'true' },
      },
    },
    {
      Effect: 'Allow',
      Action: 'ecr:BatchGetImage',
      Resource: '*',
      Condition: { StringLike: { 'aws:RequestedRegion': 'us-*' } },
    },
  ])
  const missing = ['aws:RequestedRegion', 'aws:SecureTransport']
  const [result] = (await simulate(sandbox, { ResourceArns: [cached] })).EvaluationResults ?? []
  expect(result).toEqual({
    EvalActionName: 'ecr:BatchGetImage',
    EvalResourceName: '*',
    EvalDecision: 'implicitDeny',
    MatchedStatements: [],
    MissingContextValues: missing,
    ResourceSpecificResults: [
      {
        EvalResourceName: cached,
        EvalResourceDecision: 'implicitDeny',
        MatchedStatements: [],
        MissingContextValues: missing,
      },
    ],
  })
})

const session = 'arn:aws:sts::123456789012:assumed-role/Puller/sandbox'
const root = 'arn:aws:iam::123456789012:root'

test.each<
  [input: Partial<SimulatePrincipalPolicyCommandInput>, name: string, message: string, status: number]
>([
  [
    { PolicySourceArn: 'arn:aws:iam::123456789012:role/Missing' },
    'NoSuchEntityException',
    'The role with name Missing cannot be found.',
    404,
  ],
  [
    { PolicySourceArn: 'arn:aws:iam::123456789012:role/Puller' },
    'NoSuchEntityException',
    'The role with name Puller cannot be found.',
    404,
  ],
  [
    { PolicySourceArn: 'arn:aws:iam::123456789012:user/nobody' },
    'NoSuchEntityException',
    'The user with name nobody cannot be found.',
    404,
  ],
  [
    { PolicySourceArn: 'arn:aws:iam::123456789012:group/builders' },
    'NoSuchEntityException',
    'The group with name builders cannot be found.',
    404,
  ],
  ...[session, root].map((arn): [Partial<SimulatePrincipalPolicyCommandInput>, string, string, number] => [
    { PolicySourceArn: arn },
    'InvalidInputException',
    `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`,
    400,
  ]),
  [
    { ResourceArns: [cached, 'docker-hub/library/debian'] },
    'InvalidInputException',
    'ResourceNames are not in a valid ARN format: docker-hub/library/debian.',
    400,
  ],
  [
    { ActionNames: ['x'], PolicySourceArn: 'short' },
    'ValidationError',
    "2 validation errors detected: Value 'short' at 'policySourceArn' failed to satisfy constraint: Member must have length greater than or equal to 20; Value 'x' at 'actionNames.1.member' failed to satisfy constraint: Member must have length greater than or equal to 3",
    400,
  ],
  [
    { ActionNames: undefined },
    'ValidationError',
    "1 validation error detected: Value null at 'actionNames' failed to satisfy constraint: Member must not be null",
    400,
  ],
  [
    {
      ContextEntries: [
        { ContextKeyName: 'aws:SourceIp', ContextKeyType: 'ip', ContextKeyValues: ['10.0.0.1'] },
      ],
    },
    'SandboxNotImplemented',
    'the sandbox does not do iam SimulatePrincipalPolicy with ContextEntries; AWS does',
    501,
  ],
  [
    { MaxItems: 1 },
    'SandboxNotImplemented',
    'the sandbox does not do iam SimulatePrincipalPolicy with MaxItems; AWS does',
    501,
  ],
])('refuses %j', async (more, name, message, status) => {
  const sandbox = await startAwsSandbox()
  add(sandbox, puller, [{ Effect: 'Allow', Action: '*', Resource: '*' }])
  expect(await refusal(simulate(sandbox, more))).toEqual({ name, message, status })
})

test('needs the permission to ask', async () => {
  const sandbox = await startAwsSandbox()
  const credentials = add(sandbox, puller, [{ Effect: 'Allow', Action: 'ecr:*', Resource: '*' }])
  const asPuller = sandbox.iam({ credentials })
  expect(await refusal(asPuller.send(new SimulatePrincipalPolicyCommand(input({}))))).toEqual({
    name: 'AccessDenied',
    message: `User: ${session} is not authorized to perform: iam:SimulatePrincipalPolicy on resource: ${puller} because no identity-based policy allows the iam:SimulatePrincipalPolicy action`,
    status: 403,
  })
})
