import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts'
import { clientOf, makeDockerHubSecret, secretName } from '../aws-account.ts'
import { openProvider, PartialFailure, type Provider, type Urn } from './aws-provider.ts'
import type { Properties } from './properties.ts'

const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'
const account = '123456789012'
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

let sandbox: Sandbox
let provider: Provider

beforeEach(async () => {
  sandbox = await startSandbox()
  provider = openProvider({ region: 'us-east-1' }, sandbox.env)
})

afterEach(async () => {
  provider.close()
  await sandbox.close()
})

const urnOf = (type: string, name = 'it'): Urn => ({
  type,
  name,
  urn: `urn:pulumi:dev::acme::${type}::${name}`,
})
const rule = urnOf('aws:ecr/pullThroughCacheRule:PullThroughCacheRule')
const template = urnOf('aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate')
const secret = urnOf('aws:secretsmanager/secret:Secret')
const version = urnOf('aws:secretsmanager/secretVersion:SecretVersion')

const quay = { ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io' }

/** A problem as the provider words it, without what differs from request to request. */
async function problem(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  return error instanceof Error ? error.message.replaceAll(uuid, 'ID') : 'no problem'
}

/** Check and create, as the engine does. */
async function make(urn: Urn, given: Properties, by = provider): Promise<{ id: string; state: Properties }> {
  const { inputs, failures } = by.check(urn, {}, given, Buffer.from('seed'))
  expect(failures).toEqual([])
  return by.create(urn, inputs, false)
}

const stateIn = (region: string) => sandbox.state().aws[account]?.[region]

describe('what is wrong with a rule', () => {
  test.each<[what: string, given: Properties, failures: readonly string[]]>([
    ['nothing', quay, []],
    ['nothing, as far as is known', { ...quay, credentialArn: unknown, ecrRepositoryPrefix: unknown }, []],
    [
      'a short prefix',
      { ...quay, ecrRepositoryPrefix: 'a' },
      [
        "expected length of ecr_repository_prefix to be in the range (2 - 30), got a. Examine values at 'it.ecrRepositoryPrefix'.",
      ],
    ],
    [
      'capitals',
      { ...quay, ecrRepositoryPrefix: 'Quay' },
      [
        "invalid value for ecr_repository_prefix (must be 'ROOT' or only include alphanumeric, underscore, period, hyphen, or slash characters). Examine values at 'it.ecrRepositoryPrefix'.",
      ],
    ],
    [
      'a name in place of an ARN',
      { ...quay, credentialArn: secretName },
      [
        `"credential_arn" (${secretName}) is an invalid ARN: arn: invalid prefix. Examine values at 'it.credentialArn'.`,
      ],
    ],
    [
      'two things',
      { ...quay, customRoleArn: 'arn:aws:iam:', upstreamRepositoryPrefix: 'x'.repeat(31) },
      [
        `"custom_role_arn" (arn:aws:iam:) is an invalid ARN: arn: not enough sections. Examine values at 'it.customRoleArn'.`,
        `expected length of upstream_repository_prefix to be in the range (2 - 30), got ${'x'.repeat(31)}. Examine values at 'it.upstreamRepositoryPrefix'.`,
      ],
    ],
  ])('%s', (_, given, failures) => {
    expect(provider.check(rule, {}, given, Buffer.from('seed')).failures).toEqual(failures)
  })

  test('a prefix of 30 characters is not, one of 31 is', () => {
    const failures = (length: number) =>
      provider.check(rule, {}, { ...quay, ecrRepositoryPrefix: 'x'.repeat(length) }, Buffer.from('')).failures
        .length
    expect([failures(30), failures(31)]).toEqual([0, 1])
  })

  test.each([
    ['a type', urnOf('aws:s3/bucket:Bucket'), {}, 'the resource type aws:s3/bucket:Bucket is not done'],
    ['an input', rule, { ...quay, tags: {} }, 'the input tags of it is not done'],
  ])('%s that the stand-in does not have is refused loudly', (_, urn, given, words) => {
    expect(() => provider.check(urn, {}, given, Buffer.from(''))).toThrow(words)
  })
})

describe('what a change means', () => {
  const state = {
    ...quay,
    credentialArn: 'arn:aws:secretsmanager:a',
    region: 'us-east-1',
    registryId: account,
  }
  const inputs = { ...quay, credentialArn: 'arn:aws:secretsmanager:a' }

  test.each<[what: string, inputs: Properties, changes: readonly (readonly [string, string, boolean])[]]>([
    ['nothing changes', inputs, []],
    ['the same Region is written down', { ...inputs, region: 'us-east-1' }, []],
    ['another prefix', { ...inputs, ecrRepositoryPrefix: 'hub' }, [['ecrRepositoryPrefix', 'update', true]]],
    [
      'another host',
      { ...inputs, upstreamRegistryUrl: 'ghcr.io' },
      [['upstreamRegistryUrl', 'update', true]],
    ],
    [
      'an upstream prefix',
      { ...inputs, upstreamRepositoryPrefix: 'base' },
      [['upstreamRepositoryPrefix', 'add', true]],
    ],
    ['another Region', { ...inputs, region: 'eu-west-1' }, [['region', 'update', true]]],
    ['another secret', { ...inputs, credentialArn: 'arn:b' }, [['credentialArn', 'update', false]]],
    ['a secret not known yet', { ...inputs, credentialArn: unknown }, [['credentialArn', 'update', false]]],
    ['no secret any more', quay, [['credentialArn', 'delete', false]]],
    ['a role', { ...inputs, customRoleArn: 'arn:role' }, [['customRoleArn', 'add', false]]],
  ])('%s', (_, next, changes) => {
    const found = provider.diff(rule, state, next)
    expect(found.changes.map(({ property, kind, replaces }) => [property, kind, replaces])).toEqual(changes)
    // No rule is deleted first unless the program says so.
    expect(found.deletesFirst).toBe(false)
  })

  test.each<[what: string, next: Properties, changed: readonly string[]]>([
    ['the same in another order', { appliedFors: ['REPLICATION', 'PULL_THROUGH_CACHE'] }, []],
    ['the same policy in other words', { lifecyclePolicy: '{ "rules": [] }' }, []],
    ['no encryption', { encryptionConfigurations: [] }, []],
    ['another policy', { lifecyclePolicy: '{"rules":[1]}' }, ['lifecyclePolicy']],
    ['KMS', { encryptionConfigurations: [{ encryptionType: 'KMS' }] }, ['encryptionConfigurations']],
    ['another prefix', { prefix: 'other' }, ['prefix']],
  ])('of a template: %s', (_, next, changed) => {
    const inputs = {
      prefix: 'hub',
      appliedFors: ['PULL_THROUGH_CACHE', 'REPLICATION'],
      lifecyclePolicy: '{"rules":[]}',
      encryptionConfigurations: [{ encryptionType: 'AES256', kmsKey: '' }],
    }
    const { changes } = provider.diff(template, inputs, { ...inputs, ...next })
    expect(changes.map(({ property }) => property)).toEqual(changed)
    expect(changes.some(({ replaces }) => replaces)).toBe(changed.includes('prefix'))
  })

  test('a secret with a name of its own is deleted first, one with a made-up name is not', () => {
    const named = { name: 'a', __defaults: [] }
    const madeUp = { name: 'a', __defaults: ['name'] }
    const next = { region: 'eu-west-1' }
    const deletesFirst = (inputs: Properties) =>
      provider.diff(secret, { name: 'a', region: 'us-east-1' }, { ...inputs, ...next }).deletesFirst
    expect([deletesFirst(named), deletesFirst(madeUp)]).toEqual([true, false])
  })
})

describe('a rule', () => {
  test('is made, read, changed in place and deleted', async () => {
    const credentialArn = await makeDockerHubSecret(sandbox.env)
    const inputs = {
      ecrRepositoryPrefix: 'docker-hub',
      upstreamRegistryUrl: 'registry-1.docker.io',
      credentialArn,
    }
    const state = { id: 'docker-hub', ...inputs, region: 'us-east-1', registryId: account }
    expect(await make(rule, inputs)).toEqual({ id: 'docker-hub', state })
    expect(await provider.read(rule, 'docker-hub', state, inputs)).toEqual({
      id: 'docker-hub',
      state,
      inputs: { __defaults: [], ...inputs },
    })

    const other = await makeDockerHubSecret(sandbox.env, { name: 'ecr-pullthroughcache/other' })
    const next = { ...inputs, credentialArn: other }
    expect(await provider.update(rule, 'docker-hub', state, next, false)).toEqual({ ...state, ...next })
    expect(stateIn('us-east-1')?.rules).toMatchObject([{ credentialArn: other }])

    await provider.delete(rule, { id: 'docker-hub', state })
    expect(stateIn('us-east-1')?.rules ?? []).toEqual([])
    // Gone already is as good.
    await provider.delete(rule, { id: 'docker-hub', state })
    expect(await provider.read(rule, 'docker-hub', state, inputs)).toBe(undefined)
  })

  test('is planned without asking AWS', async () => {
    const planned = { id: '', state: { ...quay, id: unknown, region: 'us-east-1', registryId: unknown } }
    expect(await provider.create(rule, quay, true)).toEqual(planned)
    const state = { id: 'quay', ...quay, region: 'us-east-1', registryId: account }
    const next = { ...quay, credentialArn: unknown }
    expect(await provider.update(rule, 'quay', state, next, true)).toEqual({ ...state, ...next })
    expect(await (await fetch(`${sandbox.control}/requests`)).json()).toEqual([])
  })

  test('is imported by its prefix, from another Region too', async () => {
    await make(rule, { ...quay, region: 'eu-west-1' })
    expect(await provider.read(rule, 'quay', undefined, undefined)).toBe(undefined)
    expect(await provider.read(rule, 'quay@eu-west-1', undefined, undefined)).toEqual({
      id: 'quay',
      state: { id: 'quay', ...quay, region: 'eu-west-1', registryId: account },
      inputs: { __defaults: [], ...quay, region: 'eu-west-1' },
    })
  })

  test('is refused by AWS in its words', async () => {
    await make(rule, quay)
    expect(await problem(make(rule, quay))).toBe(
      '1 error occurred:\n\t* creating ECR Pull Through Cache Rule (quay): operation error ECR: CreatePullThroughCacheRule, ' +
        'https response error StatusCode: 400, RequestID: ID, PullThroughCacheRuleAlreadyExistsException: ' +
        'A pull through cache rule with these settings already exists for the private registry.\n\n',
    )
    expect(
      await problem(make(rule, { ...quay, ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: 'docker.io' })),
    ).toContain("UnsupportedUpstreamRegistryException: The specified upstream registry isn't supported.")
  })

  test('keeps its secret if the program takes it away, and the state does not tell', async () => {
    const credentialArn = await makeDockerHubSecret(sandbox.env)
    const inputs = { ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: 'registry-1.docker.io' }
    const { state } = await make(rule, { ...inputs, credentialArn })
    const failure: unknown = await provider
      .update(rule, 'hub', state, inputs, false)
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(PartialFailure)
    expect((failure as PartialFailure).message.replaceAll(uuid, 'ID')).toBe(
      `updating ${rule.urn}: 1 error occurred:\n\t* updating ECR Pull Through Cache Rule (hub): operation error ECR: ` +
        'UpdatePullThroughCacheRule, https response error StatusCode: 400, RequestID: ID, ValidationException: ' +
        'Invalid input: Please set either credential arn or role arn to update the credential\n\n',
    )
    expect((failure as PartialFailure).state).not.toHaveProperty('credentialArn')
    expect(stateIn('us-east-1')?.rules).toMatchObject([{ credentialArn }])
  })
})

test('a template is made, read, changed only where it changes, and deleted', async () => {
  const inputs = { prefix: 'hub', appliedFors: ['PULL_THROUGH_CACHE'], description: 'first' }
  const { id, state } = await make(template, inputs)
  expect({ id, state }).toEqual({
    id: 'hub',
    state: {
      id: 'hub',
      ...inputs,
      encryptionConfigurations: [{ encryptionType: 'AES256', kmsKey: '' }],
      imageTagMutability: 'MUTABLE',
      region: 'us-east-1',
      registryId: account,
    },
  })
  const next = { ...inputs, imageTagMutability: 'MUTABLE', lifecyclePolicy: '{ "rules": [] }' }
  const changed = await provider.update(template, id, state, next, false)
  expect(changed).toEqual({ ...state, lifecyclePolicy: '{"rules":[]}' })
  expect(stateIn('us-east-1')?.templates).toMatchObject([{ prefix: 'hub', lifecyclePolicy: '{"rules":[]}' }])
  expect(await problem(make(template, inputs))).toContain('TemplateAlreadyExistsException')
  await provider.delete(template, { id, state })
  await provider.delete(template, { id, state })
  expect(await provider.read(template, id, state, inputs)).toBe(undefined)
  expect(await problem(provider.update(template, id, state, next, false))).toContain(
    'updating ECR Repository Creation Template (hub): operation error ECR: UpdateRepositoryCreationTemplate, https response error StatusCode: 400, RequestID: ID, TemplateNotFoundException: ',
  )
})

describe('a secret', () => {
  test('is made with its value, and goes with a window in which its name is taken', async () => {
    const { id, state } = await make(secret, { name: secretName })
    expect(state).toEqual({
      id,
      arn: id,
      forceOverwriteReplicaSecret: false,
      name: secretName,
      namePrefix: '',
      policy: '',
      recoveryWindowInDays: 30,
      region: 'us-east-1',
      replicas: [],
      tagsAll: {},
    })
    const value = await make(version, { secretId: id, secretString: 'in clear text' })
    expect(value.state).toMatchObject({ secretString: 'in clear text', versionStages: ['AWSCURRENT'] })
    await provider.delete(version, value)
    await provider.delete(secret, { id, state })
    expect(await provider.read(secret, id, state, {})).toBe(undefined)
    expect(await provider.read(version, value.id, value.state, {})).toBe(undefined)
    expect(await problem(make(secret, { name: secretName }))).toContain('already scheduled for deletion')
  })

  test('is gone at once without a window', async () => {
    const { id, state } = await make(secret, { name: secretName, recoveryWindowInDays: 0 })
    await provider.delete(secret, { id, state })
    expect((await make(secret, { name: secretName })).id).not.toBe(id)
  })

  test('has a name of the resource and seven digits unless it is given', () => {
    const { inputs } = provider.check(secret, {}, {}, Buffer.from('seed'))
    expect(inputs).toMatchObject({
      name: 'it-7365656',
      __defaults: expect.arrayContaining(['name']) as unknown,
    })
    const again = provider.check(secret, inputs, {}, Buffer.from('other'))
    expect(again.inputs['name']).toBe('it-7365656')
  })
})

describe('functions', () => {
  const getSecret = (args: Properties) => provider.invoke('aws:secretsmanager/getSecret:getSecret', args)

  test('getSecret tells all but the value', async () => {
    const arn = await makeDockerHubSecret(sandbox.env)
    const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown
    const wanted = {
      id: arn,
      arn,
      name: secretName,
      createdDate: date,
      lastChangedDate: date,
      policy: '',
      region: 'us-east-1',
      tags: {},
    }
    expect(await getSecret({ name: secretName })).toEqual(wanted)
    expect(await getSecret({ arn })).toEqual(wanted)
  })

  test('getSecret finds none that is absent, in another Region or scheduled for deletion', async () => {
    const words = `invoking aws:secretsmanager/getSecret:getSecret: 1 error occurred:\n\t* reading Secrets Manager Secret (${secretName}): couldn't find resource\n\n`
    expect(await problem(getSecret({ name: secretName }))).toBe(words)
    await makeDockerHubSecret(sandbox.env)
    expect(await problem(getSecret({ name: secretName, region: 'eu-west-1' }))).toBe(words)
    const client = clientOf(sandbox.env)
    await client.send(new DeleteSecretCommand({ SecretId: secretName }))
    client.destroy()
    expect(await problem(getSecret({ name: secretName }))).toBe(words)
  })

  test('getSecret fails otherwise where AWS does not answer or denies', async () => {
    await makeDockerHubSecret(sandbox.env)
    const fault = async (operation: string) => {
      await fetch(`${sandbox.control}/faults`, { method: 'DELETE' })
      const body = { service: 'secretsmanager', operation, times: 'always', fault: { kind: 'deny' } }
      await fetch(`${sandbox.control}/faults`, { method: 'POST', body: JSON.stringify(body) })
    }
    await fault('DescribeSecret')
    expect(await problem(getSecret({ name: secretName }))).toMatch(
      /reading Secrets Manager Secret \(ecr-pullthroughcache\/docker-hub\): operation error Secrets Manager: DescribeSecret, https response error StatusCode: 400, RequestID: ID, api error AccessDeniedException: User: /,
    )
    await fault('GetResourcePolicy')
    expect(await problem(getSecret({ name: secretName }))).toMatch(
      /reading Secrets Manager Secret \(arn:.*\) policy: operation error Secrets Manager: GetResourcePolicy, /,
    )
  })

  test('getSecretVersion tells the value in clear text', async () => {
    const arn = await makeDockerHubSecret(sandbox.env)
    const token = 'aws:secretsmanager/getSecretVersion:getSecretVersion'
    expect(await provider.invoke(token, { secretId: secretName })).toMatchObject({
      id: `${secretName}|AWSCURRENT`,
      arn,
      secretString: expect.stringContaining('dckr_pat_') as unknown,
      versionStages: ['AWSCURRENT'],
    })
    expect(await problem(provider.invoke(token, { secretId: 'none' }))).toContain(
      "reading Secrets Manager Secret Version (none|AWSCURRENT): couldn't find resource",
    )
  })

  test('getPullThroughCacheRule tells a rule, or finds none', async () => {
    await make(rule, quay)
    const token = 'aws:ecr/getPullThroughCacheRule:getPullThroughCacheRule'
    expect(await provider.invoke(token, { ecrRepositoryPrefix: 'quay' })).toEqual({
      id: 'quay',
      ...quay,
      region: 'us-east-1',
      registryId: account,
    })
    expect(await problem(provider.invoke(token, { ecrRepositoryPrefix: 'hub' }))).toBe(
      `invoking ${token}: 1 error occurred:\n\t* reading ECR Pull Through Cache Rule (hub): couldn't find resource\n\n`,
    )
  })

  test('getCallerIdentity, getRegion and getPartition tell where one is', async () => {
    expect(await provider.invoke('aws:index/getCallerIdentity:getCallerIdentity', {})).toMatchObject({
      accountId: account,
    })
    expect(await provider.invoke('aws:index/getRegion:getRegion', {})).toMatchObject({
      region: 'us-east-1',
      endpoint: 'ec2.us-east-1.amazonaws.com',
    })
    expect(await provider.invoke('aws:index/getRegion:getRegion', { region: 'eu-west-1' })).toMatchObject({
      region: 'eu-west-1',
    })
    expect(await provider.invoke('aws:index/getPartition:getPartition', {})).toEqual({
      id: 'aws',
      partition: 'aws',
      dnsSuffix: 'amazonaws.com',
      reverseDnsPrefix: 'com.amazonaws',
      region: 'us-east-1',
    })
  })

  test('of other names are refused loudly', async () => {
    expect(await problem(provider.invoke('aws:s3/getBucket:getBucket', {}))).toBe(
      'stand-in for aws: the function aws:s3/getBucket:getBucket is not done',
    )
  })
})

test('the Region is the resource’s own, else the provider’s', async () => {
  const there = openProvider({ region: 'eu-west-1' }, sandbox.env)
  await make(rule, quay, there)
  await make(rule, { ...quay, region: 'us-east-2' }, there)
  there.close()
  expect([stateIn('eu-west-1')?.rules.length, stateIn('us-east-2')?.rules.length]).toEqual([1, 1])
  const nowhere = openProvider({}, sandbox.env)
  expect(await problem(nowhere.invoke('aws:index/getRegion:getRegion', {}))).toBe(
    'Missing region information',
  )
  nowhere.close()
})
