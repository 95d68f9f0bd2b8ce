import { CreateSecretCommand, DescribeSecretCommand } from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { refusal, startAwsSandbox } from '../aws-sandbox.ts'

const missing = {
  name: 'ResourceNotFoundException',
  message: "Secrets Manager can't find the specified secret.",
  status: 400,
}

const strange = {
  name: 'AccessDeniedException',
  message: expect.stringMatching(
    /^User: \S+ is not authorized to perform: secretsmanager:DescribeSecret on resource: \S+:999999999999:secret:a\/b-\w{6} because no resource-based policy allows the secretsmanager:DescribeSecret action$/,
  ) as unknown,
  status: 400,
}

const invalidName = {
  name: 'ValidationException',
  message:
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  status: 400,
}

test.each<[title: string, name: string, id: (arn: string) => string, expected: object]>([
  ['its name', 'a/b', () => 'a/b', { found: true }],
  ['its name in another case', 'a/b', () => 'A/B', missing],
  ['its ARN', 'a/b', (arn) => arn, { found: true }],
  ['its ARN without the suffix', 'a/b', (arn) => arn.slice(0, -7), { found: true }],
  ['its ARN with another suffix', 'a/b', (arn) => `${arn.slice(0, -6)}zzzzzz`, missing],
  ['its ARN in another Region', 'a/b', (arn) => arn.replace('us-east-1', 'eu-west-1'), missing],
  ['its ARN in another account', 'a/b', (arn) => arn.replace('123456789012', '999999999999'), strange],
  ['a name that ends like a suffix', 'Name-a1b2c3', () => 'Name-a1b2c3', { found: true }],
  ['the ARN of such a name', 'Name-a1b2c3', (arn) => arn, { found: true }],
  ['the partial ARN of such a name', 'Name-a1b2c3', (arn) => arn.slice(0, -7), missing],
  [
    'the partial ARN of a name that ends in a hyphen more',
    'Name-a1b2c3-',
    (arn) => arn.slice(0, -7),
    { found: true },
  ],
  [
    'the partial ARN of a name that ends in four characters',
    'Name-a1b2',
    (arn) => arn.slice(0, -7),
    { found: true },
  ],
  ['a name with a space', 'a/b', () => 'a b', invalidName],
  ['an ARN with a space', 'a/b', (arn) => `${arn} `, invalidName],
  ['the ARN of something else', 'a/b', () => 'arn:aws:s3:::bucket', invalidName],
])('a secret is found by %s, or not', async (_title, name, id, expected) => {
  const client = (await startAwsSandbox()).secretsManager()
  const { ARN: arn = '' } = await client.send(new CreateSecretCommand({ Name: name }))
  const call = client.send(new DescribeSecretCommand({ SecretId: id(arn) }))
  const outcome = await refusal(call.then(({ Name }) => ({ found: Name === name })))
  expect(outcome).toEqual('found' in expected ? { answered: expected } : expected)
})
