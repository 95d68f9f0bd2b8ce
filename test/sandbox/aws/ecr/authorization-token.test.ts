import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { createEcrStore } from '../../../../src/sandbox/aws/ecr/store.ts'
import { members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { account, callEcr, signAs } from './ecr-world.ts'

const hours = 60 * 60 * 1000

test('gives out a password for 12 hours of the sandbox', async () => {
  const sandbox = await startAwsSandbox()
  sandbox.clock.set(new Date('2027-03-01T00:00:00Z'))
  const { authorizationData = [] } = await members(sandbox.ecr().send(new GetAuthorizationTokenCommand({})))
  expect(authorizationData).toEqual([
    {
      authorizationToken: expect.any(String) as string,
      expiresAt: expect.any(Date) as Date,
      proxyEndpoint: `https://${account}.dkr.ecr.us-east-1.amazonaws.com`,
    },
  ])
  const [{ authorizationToken = '', expiresAt } = {}] = authorizationData
  expect(Buffer.from(authorizationToken, 'base64').toString()).toMatch(/^AWS:[A-Za-z0-9+/=]{40,}$/)
  expect(Math.round(Number(expiresAt) / hours)).toBe(Date.parse('2027-03-01T12:00:00Z') / hours)
})

test('gives out one for each registry that is named, and never the same', async () => {
  const sandbox = await startAwsSandbox()
  const registryIds = ['999999999999', account]
  const { status, body } = await callEcr(sandbox, 'GetAuthorizationToken', { registryIds }, 'eu-west-1')
  const data = registryIds.map((id) => ({
    authorizationToken: expect.any(String) as string,
    expiresAt: expect.any(Number) as number,
    proxyEndpoint: `https://${id}.dkr.ecr.eu-west-1.amazonaws.com`,
  }))
  expect({ status, body }).toEqual({ status: 200, body: { authorizationData: data } })
  const [first, second] = body['authorizationData'] as typeof data
  expect(first?.authorizationToken).not.toBe(second?.authorizationToken)
})

test('needs the permission, for no resource in particular', async () => {
  const sandbox = await startAwsSandbox()
  const somebody = signAs(sandbox, { Effect: 'Deny', Action: 'ecr:GetAuthorizationToken', Resource: '*' })
  expect(await refusal(sandbox.ecr(somebody).send(new GetAuthorizationTokenCommand({})))).toEqual({
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:user/somebody is not authorized to perform: ecr:GetAuthorizationToken on resource: * with an explicit deny in an identity-based policy`,
    status: 400,
  })
})

test('refuses the id of a registry that is none', async () => {
  const sandbox = await startAwsSandbox()
  const input = { registryIds: ['12345678901'] }
  expect(await callEcr(sandbox, 'GetAuthorizationToken', input)).toEqual({
    status: 400,
    body: {
      __type: 'InvalidParameterException',
      message:
        "1 validation error detected: Value '12345678901' at 'registryIds.1.member' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9]{12}$",
    },
  })
})

test('knows a password, and until when it was good', () => {
  const store = createEcrStore()
  const login = {
    caller: `arn:aws:iam::${account}:user/somebody`,
    account,
    region: 'us-east-1',
    expiresAt: new Date('2027-01-01T12:00:00Z'),
  }
  const password = store.giveOutPassword(login)
  expect(store.findLogin(password)).toEqual(login)
  expect(store.findLogin('guessed')).toBeUndefined()
  store.clear()
  expect(store.findLogin(password)).toBeUndefined()
})
