import {
  DeleteRegistryPolicyCommand,
  GetRegistryPolicyCommand,
  PutRegistryPolicyCommand,
} from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { type AwsSandbox, members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { account } from './ecr-world.ts'

const statement = {
  Sid: 'PullThroughCache',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::999999999999:root' },
  Action: ['ecr:CreateRepository', 'ecr:BatchImportUpstreamImage'],
  Resource: `arn:aws:ecr:us-east-1:${account}:repository/docker-hub/*`,
}

function policy(changes: object = {}): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...changes }] })
}

function put(sandbox: AwsSandbox, policyText: string) {
  return sandbox.ecr().send(new PutRegistryPolicyCommand({ policyText }))
}

const none = {
  name: 'RegistryPolicyNotFoundException',
  message: `Registry policy does not exist in the registry with id '${account}'`,
  status: 400,
}

test('puts, gets and deletes the policy of a Region', async () => {
  const sandbox = await startAwsSandbox()
  const get = (region: string) => sandbox.ecr({ region }).send(new GetRegistryPolicyCommand({}))
  const deletion = () => sandbox.ecr().send(new DeleteRegistryPolicyCommand({}))
  expect(await refusal(get('us-east-1'))).toEqual(none)
  expect(await refusal(deletion())).toEqual(none)
  const policyText = policy()
  const answer = { registryId: account, policyText }
  expect(await members(put(sandbox, policyText))).toEqual(answer)
  expect(await members(get('us-east-1'))).toEqual(answer)
  expect(await refusal(get('eu-west-1'))).toEqual(none)
  expect(await members(deletion())).toEqual(answer)
  expect(await refusal(get('us-east-1'))).toEqual(none)
})

test('the last policy wins', async () => {
  const sandbox = await startAwsSandbox()
  await put(sandbox, policy())
  const policyText = policy({ Sid: 'Another' })
  await put(sandbox, policyText)
  expect(await sandbox.ecr().send(new GetRegistryPolicyCommand({}))).toMatchObject({ policyText })
})

test.each([
  ['nothing', ''],
  ['text', 'allow everything'],
  ['a list', '[]'],
  ['no statement', '{"Version":"2012-10-17"}'],
  ['no principal', policy({ Principal: undefined })],
  ['no resource', policy({ Resource: undefined })],
  ['an action of another service', policy({ Action: 'secretsmanager:GetSecretValue' })],
  ['an unknown element', policy({ Actions: [] })],
])('refuses a policy of %s', async (_, policyText) => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(put(sandbox, policyText))).toEqual({
    name: 'InvalidParameterException',
    message:
      "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid registry policy provided'",
    status: 400,
  })
  expect(await refusal(sandbox.ecr().send(new GetRegistryPolicyCommand({})))).toEqual(none)
})

test('refuses a policy that is too long', async () => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(put(sandbox, policy().padEnd(10_241)))).toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringMatching(/Member must have length less than or equal to 10240$/) as string,
  })
  expect(await put(sandbox, policy().padEnd(10_240))).toMatchObject({ registryId: account })
})
