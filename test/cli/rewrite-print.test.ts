import { CreatePullThroughCacheRuleCommand, ECRClient } from '@aws-sdk/client-ecr'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bench, openBench } from './in-process.ts'

const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(async () => {
  await bench.close()
})

const run = (...argv: readonly string[]) => bench.run(['rewrite', '--print', ...argv])
const settings = (stdout: string) => stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

test('--print gives the variables for Compose without asking anybody', async () => {
  await bench.control('DELETE', '/requests')
  const { code, stdout, stderr } = await run(
    'compose-env',
    '--offline',
    '--account',
    '123456789012',
    '--region',
    'us-east-1',
    '--prefix',
    'hub',
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(settings(stdout)).toEqual([`REGISTRY=${host}/hub`])
  expect(await bench.control('GET', '/requests')).toEqual([])
})

test('--print gives the mirrors of the rules that are there', async () => {
  const { AWS_ENDPOINT_URL = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = bench.sandbox.env
  const client = new ECRClient({
    endpoint: AWS_ENDPOINT_URL,
    region: 'us-east-1',
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  })
  await client.send(
    new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'mirror', upstreamRegistryUrl: 'quay.io' }),
  )
  client.destroy()
  const { code, stdout } = await run('buildkitd', '--region', 'us-east-1')
  expect(code).toBe(0)
  expect(settings(stdout)).toEqual(['[registry."quay.io"]', `  mirrors = ["${host}/mirror"]`])
})

test.each([
  [['compose-env', 'compose.yaml', '--region', 'us-east-1'], '--print is for no files'],
  [['docker', '--region', 'us-east-1'], "argument 'docker' is invalid"],
  [['buildkitd', '--write'], "'--print <program>' cannot be used with option '--write'"],
  [
    ['buildkitd', '--region', 'eu-west-1'],
    'no rule of 123456789012.dkr.ecr.eu-west-1.amazonaws.com caches a whole registry',
  ],
])('--print %j is refused', async (argv, message) => {
  const { code, stdout, stderr } = await run(...argv)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain(message)
})
