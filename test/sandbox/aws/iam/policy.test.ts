import { expect, test } from 'vitest'
import { createCaller } from '../../../../src/sandbox/aws/caller.ts'
import { decide, type Decision } from '../../../../src/sandbox/aws/iam/policy.ts'
import { parsePolicyDocument } from '../../../../src/sandbox/aws/iam/policy-document.ts'
import { type ContextEntries, createContext } from '../../../../src/sandbox/aws/iam/request-context.ts'

const account = '123456789012'
const secret = `arn:aws:secretsmanager:us-east-1:${account}:secret:ecr-pullthroughcache/docker-hub-a1B2c3`
const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
const read = 'secretsmanager:GetSecretValue'

interface Case {
  readonly arn?: string
  readonly identity?: readonly object[]
  readonly resource?: readonly object[]
  readonly action?: string
  readonly keys?: ContextEntries
}

function ask({
  arn = `arn:aws:iam::${account}:user/ana`,
  identity = [],
  resource = [],
  action = read,
  keys = {},
}: Case): Decision {
  // A policy without statements is not a policy: a statement about something else takes their place.
  const filler = { Effect: 'Allow', Action: 'ec2:Nothing', Resource: '*' }
  const caller = createCaller(arn, { Version: '2012-10-17', Statement: [filler, ...identity] })
  const context = createContext({
    'aws:PrincipalArn': caller.principalArn,
    'aws:PrincipalAccount': caller.account,
    'aws:ResourceAccount': account,
    ...keys,
  })
  const policy =
    resource.length === 0
      ? undefined
      : parsePolicyDocument({ Version: '2012-10-17', Statement: resource }, 'resource')
  return decide({ caller, action, resource: secret, resourceAccount: account, context }, policy)
}

const allowed = { allowed: true }
const nothingAllows = { allowed: false, by: 'no-allow', policy: 'identity-based' }
const nothingAllowsAcross = { allowed: false, by: 'no-allow', policy: 'resource-based' }
const deniedByIdentity = { allowed: false, by: 'deny', policy: 'identity-based' }
const deniedByResource = { allowed: false, by: 'deny', policy: 'resource-based' }

const role = `arn:aws:iam::${account}:role/Deploy`
const session = `arn:aws:sts::${account}:assumed-role/Deploy/ci`
const stranger = 'arn:aws:iam::999999999999:user/eve'
const cacheRole = `arn:aws:iam::${account}:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache`

/** The Deny of pullthrough's own resource policy, and the way it is written elsewhere. */
const denyOthers = {
  Effect: 'Deny',
  Principal: '*',
  Action: read,
  Resource: '*',
  Condition: { ArnNotEquals: { 'aws:PrincipalArn': [cacheRole, role] } },
}

test.each<[title: string, expected: object, question: Case]>([
  ['nothing allows: no', nothingAllows, {}],
  ['an identity policy allows', allowed, { identity: [everything] }],
  ['an action in another case', allowed, { identity: [{ ...everything, Action: 'SECRETSMANAGER:get*' }] }],
  [
    'an action with a wildcard that misses',
    nothingAllows,
    { identity: [{ ...everything, Action: 'secretsmanager:Put*' }] },
  ],
  [
    'NotAction of another action',
    allowed,
    { identity: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }] },
  ],
  [
    'NotAction of this action',
    nothingAllows,
    { identity: [{ Effect: 'Allow', NotAction: 'secretsmanager:*', Resource: '*' }] },
  ],
  [
    'a resource that matches',
    allowed,
    { identity: [{ ...everything, Resource: secret.replace(/.{6}$/, '??????') }] },
  ],
  [
    'a resource in another Region',
    nothingAllows,
    { identity: [{ ...everything, Resource: secret.replace('us-east-1', 'eu-west-1') }] },
  ],
  [
    'resources are case-sensitive',
    nothingAllows,
    { identity: [{ ...everything, Resource: secret.toUpperCase().replace('ARN:AWS', 'arn:aws') }] },
  ],
  [
    'NotResource of another secret',
    allowed,
    { identity: [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::*' }] },
  ],
  [
    'NotResource of this secret',
    nothingAllows,
    { identity: [{ Effect: 'Allow', Action: '*', NotResource: secret }] },
  ],
  [
    'a variable in a resource',
    allowed,
    { identity: [{ ...everything, Resource: 'arn:aws:secretsmanager:*:${aws:PrincipalAccount}:secret:*' }] },
  ],
  [
    'a variable without a value',
    nothingAllows,
    { identity: [{ ...everything, Resource: 'arn:aws:*:*:*:${aws:PrincipalTag/team}*' }] },
  ],
  [
    'a condition that fails',
    nothingAllows,
    { identity: [{ ...everything, Condition: { StringEquals: { 'aws:username': 'bo' } } }] },
  ],
  [
    'several keys all have to hold',
    nothingAllows,
    {
      identity: [
        {
          ...everything,
          Condition: { StringEquals: { 'aws:PrincipalAccount': account, 'aws:username': 'bo' } },
        },
      ],
    },
  ],
  [
    'a Deny wins over an Allow',
    deniedByIdentity,
    { identity: [everything, { ...everything, Effect: 'Deny' }] },
  ],
  [
    'a Deny about another action does not',
    allowed,
    { identity: [everything, { ...everything, Effect: 'Deny', Action: 'secretsmanager:Delete*' }] },
  ],

  [
    'within an account the resource policy is enough',
    allowed,
    { resource: [{ ...everything, Principal: { AWS: `arn:aws:iam::${account}:user/ana` } }] },
  ],
  ['everyone is enough too', allowed, { resource: [{ ...everything, Principal: '*' }] }],
  [
    'the account itself is a delegation, not a grant',
    nothingAllows,
    { resource: [{ ...everything, Principal: { AWS: account } }] },
  ],
  [
    'its root is the same',
    nothingAllows,
    { resource: [{ ...everything, Principal: { AWS: `arn:aws:iam::${account}:root` } }] },
  ],
  [
    'the root user is granted by it',
    allowed,
    { arn: `arn:aws:iam::${account}:root`, resource: [{ ...everything, Principal: { AWS: account } }] },
  ],
  [
    'somebody else is not',
    nothingAllows,
    { resource: [{ ...everything, Principal: { AWS: `arn:aws:iam::${account}:user/bo` } }] },
  ],
  [
    'a service principal is nobody who calls',
    nothingAllows,
    { resource: [{ ...everything, Principal: { Service: 'ecr.amazonaws.com' } }] },
  ],
  [
    'a role grants its sessions',
    allowed,
    { arn: session, resource: [{ ...everything, Principal: { AWS: role } }] },
  ],
  [
    'a session grants itself',
    allowed,
    { arn: session, resource: [{ ...everything, Principal: { AWS: session } }] },
  ],
  [
    'another session does not',
    nothingAllows,
    { arn: session, resource: [{ ...everything, Principal: { AWS: `${session}2` } }] },
  ],
  [
    'NotPrincipal with Allow grants the others',
    allowed,
    { resource: [{ ...everything, NotPrincipal: { AWS: stranger } }] },
  ],

  [
    'the resource policy denies everyone',
    deniedByResource,
    { identity: [everything], resource: [{ ...everything, Effect: 'Deny', Principal: '*' }] },
  ],
  [
    'it denies the account',
    deniedByResource,
    { identity: [everything], resource: [{ ...everything, Effect: 'Deny', Principal: { AWS: account } }] },
  ],
  [
    'it denies somebody else',
    allowed,
    { identity: [everything], resource: [{ ...everything, Effect: 'Deny', Principal: { AWS: stranger } }] },
  ],
  [
    'a Deny by conditions hits who is not listed',
    deniedByResource,
    { identity: [everything], resource: [denyOthers] },
  ],
  [
    'and spares a session of a listed role',
    allowed,
    { arn: session, identity: [everything], resource: [denyOthers] },
  ],
  [
    'and the service-linked role of ECR',
    allowed,
    { arn: cacheRole, identity: [everything], resource: [denyOthers] },
  ],
  [
    'and other actions',
    allowed,
    { identity: [everything], resource: [denyOthers], action: 'secretsmanager:PutSecretValue' },
  ],
  [
    'a Deny of requests outside a VPC hits a request without the key',
    deniedByResource,
    {
      identity: [everything],
      resource: [
        {
          ...everything,
          Effect: 'Deny',
          Principal: '*',
          Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } },
        },
      ],
    },
  ],
  [
    'a Deny without TLS does not hit a request with it',
    allowed,
    {
      identity: [everything],
      keys: { 'aws:SecureTransport': 'true' },
      resource: [
        {
          ...everything,
          Effect: 'Deny',
          Principal: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  ],
  [
    'NotPrincipal with Deny spares who is listed with the account',
    allowed,
    {
      identity: [everything],
      resource: [
        {
          ...everything,
          Effect: 'Deny',
          NotPrincipal: { AWS: [account, `arn:aws:iam::${account}:user/ana`] },
        },
      ],
    },
  ],
  [
    'NotPrincipal with Deny hits a user listed without the account',
    deniedByResource,
    {
      identity: [everything],
      resource: [
        { ...everything, Effect: 'Deny', NotPrincipal: { AWS: `arn:aws:iam::${account}:user/ana` } },
      ],
    },
  ],
  [
    'NotPrincipal with Deny hits a session whose role alone is listed',
    deniedByResource,
    {
      arn: session,
      identity: [everything],
      resource: [{ ...everything, Effect: 'Deny', NotPrincipal: { AWS: [account, role] } }],
    },
  ],
  [
    'NotPrincipal with Deny spares a session that is listed whole',
    allowed,
    {
      arn: session,
      identity: [everything],
      resource: [{ ...everything, Effect: 'Deny', NotPrincipal: { AWS: [account, role, session] } }],
    },
  ],

  [
    'another account needs both: only its own',
    nothingAllowsAcross,
    { arn: stranger, identity: [everything] },
  ],
  [
    'another account needs both: only ours',
    nothingAllows,
    { arn: stranger, resource: [{ ...everything, Principal: { AWS: stranger } }] },
  ],
  [
    'another account with both',
    allowed,
    { arn: stranger, identity: [everything], resource: [{ ...everything, Principal: { AWS: stranger } }] },
  ],
  [
    'another account by its number',
    allowed,
    {
      arn: stranger,
      identity: [everything],
      resource: [{ ...everything, Principal: { AWS: '999999999999' } }],
    },
  ],
])('%s', (_title, expected, question) => {
  expect(ask(question)).toEqual(expected)
})
