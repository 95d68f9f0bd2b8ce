import { expect, test } from 'vitest'
import { formatRegistryHost, parseRegistryHost } from '../../src/ecr/registry-host.ts'

test.each([
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com', 'us-east-1', false],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1', false],
  ['123456789012.dkr.ecr.us-gov-west-1.amazonaws.com', 'us-gov-west-1', false],
  ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1', false],
  ['123456789012.dkr.ecr-fips.us-east-1.amazonaws.com', 'us-east-1', true],
  ['123456789012.dkr-ecr.ap-southeast-2.on.aws', 'ap-southeast-2', false],
  ['123456789012.dkr-ecr-fips.us-east-1.on.aws', 'us-east-1', true],
  ['123456789012.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn', 'cn-northwest-1', false],
])('%s is a registry', (host, region, fips) => {
  expect(parseRegistryHost(host)).toEqual({ host, account: '123456789012', region, fips })
})

test.each([
  ['public.ecr.aws'],
  ['docker.io'],
  [''],
  ['12345678901.dkr.ecr.us-east-1.amazonaws.com'],
  ['1234567890123.dkr.ecr.us-east-1.amazonaws.com'],
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com:443'],
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com.example'],
  ['123456789012.dkr.ecr.us-east-1.on.aws'],
  ['123456789012.dkr-ecr.us-east-1.amazonaws.com'],
  ['123456789012.dkr.ecr.us-east.amazonaws.com'],
  ['123456789012.dkr.ecr.amazonaws.com'],
  ['api.ecr.us-east-1.amazonaws.com'],
  ['x123456789012.dkr.ecr.us-east-1.amazonaws.com'],
])('%j is none', (host) => {
  expect(parseRegistryHost(host)).toBeUndefined()
})

test('an endless Region is none, at once', () => {
  const start = performance.now()
  expect(parseRegistryHost(`123456789012.dkr.ecr.${'us-'.repeat(50_000)}1.amazonaws.com`)).toBeUndefined()
  expect(performance.now() - start).toBeLessThan(200)
})

test.each([['us-east-1'], ['us-gov-west-1'], ['cn-north-1']])(
  'a host of %s is read as it was made',
  (region) => {
    const host = formatRegistryHost('012345678901', region)
    expect(parseRegistryHost(host)).toEqual({ host, account: '012345678901', region, fips: false })
  },
)
