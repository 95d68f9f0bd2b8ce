import { expect, test } from 'vitest'
import { createAws } from '../../../src/sandbox/aws/aws.ts'
import { createClock } from '../../../src/sandbox/clock.ts'

const body = {
  accessKeyId: 'AKIASANDBOX000000002',
  secretAccessKey: 'another-secret',
  arn: 'arn:aws:iam::123456789012:user/ana',
  policy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
}

const arnProblem =
  '"arn" must be the ARN of an IAM user, a role, a session of a role, or the root of an account'

test.each<[message: string, body: unknown]>([
  ['the body must be a JSON object', []],
  ['"acessKeyId" is not one of accessKeyId, secretAccessKey, sessionToken, arn, policy', { acessKeyId: '' }],
  ['"accessKeyId" must be a string', { ...body, accessKeyId: undefined }],
  ['"accessKeyId" must be 16 to 128 letters and digits', { ...body, accessKeyId: 'AKIA' }],
  ['"secretAccessKey" must be a string', { ...body, secretAccessKey: '' }],
  ['"sessionToken" must be a string', { ...body, sessionToken: 5 }],
  [arnProblem, { ...body, arn: 'ana' }],
  [arnProblem, { ...body, arn: 'arn:aws:iam::1234:user/ana' }],
  [arnProblem, { ...body, arn: 'arn:aws:iam::123456789012:group/devs' }],
  [arnProblem, { ...body, arn: 'arn:aws:iam::123456789012:user/' }],
  [
    '"arn" of a session must end in assumed-role/ROLE/SESSION',
    { ...body, arn: 'arn:aws:sts::123456789012:assumed-role/Deploy' },
  ],
  ['"policy": the document must be a JSON object', { ...body, policy: undefined }],
  [
    '"policy": Effect of statement 1 must be Allow or Deny',
    { ...body, policy: { Statement: { ...body.policy.Statement, Effect: 'Maybe' } } },
  ],
])('refuses a body: %s', (message, wrong) => {
  const aws = createAws({ clock: createClock(), logInToDockerHub: () => false })
  expect(() => {
    aws.seeds['/aws/identities']?.(wrong)
  }).toThrow(new TypeError(message))
})

test('takes a user, and the same key again for somebody else', () => {
  const aws = createAws({ clock: createClock(), logInToDockerHub: () => false })
  aws.seeds['/aws/identities']?.(body)
  aws.seeds['/aws/identities']?.({ ...body, arn: 'arn:aws:iam::123456789012:role/Deploy' })
})
