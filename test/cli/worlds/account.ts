import { type CheckChange, each, type Fault, targets, type World, failing } from '../broken-world.ts'

const { account, secret, policy, rules, rule } = targets

const ofSecret = ['secret.present', 'secret.key', 'secret.version', 'secret.labels', 'secret.owner'] as const
const ofPolicy = ['policy.meaning', 'policy.public', 'policy.denial'] as const
const ofRule = ['rule.upstream', 'rule.credential', 'rule.valid', 'rule.template'] as const

/** AWS does not know who asks: that is said once, and nothing else can be asked. */
function unknownCaller(says: RegExp): readonly CheckChange[] {
  return [
    ['aws.identity', account, 'denied', says],
    ['aws.role', account, 'skipped', /does not know the caller, see aws\.identity/],
    ...each(ofSecret, secret, 'skipped'),
    ...each(ofPolicy, policy, 'skipped'),
    ...each(['rule.present', 'rule.quota'], rules, 'skipped'),
    ...each(ofRule, rule, 'gone'),
  ]
}

const everyService = ['sts', 'iam', 'secretsmanager', 'ecr'] as const

const awsIs = [
  'aws.key',
  'aws.identity',
  'aws.role',
  'secret',
  'secret.describe',
  'policy.ask',
  'rules.ask',
  'rule.validate',
]

/** ECR’s role, or what IAM tells of it. */
function withoutRole({ control }: World): Promise<undefined> {
  return control('/aws/service-linked-roles', { present: false }).then(() => undefined)
}

export const accountFaults: readonly Fault[] = [
  {
    name: 'the session has expired',
    touches: awsIs,
    break({ fail }) {
      for (const service of everyService) fail(service, '*', { kind: 'expired-token' })
      return undefined
    },
    changes: unknownCaller(/^AWS does not accept these credentials \(ExpiredToken/),
    mends: 'time',
  },
  {
    name: 'the access key is unknown',
    touches: awsIs,
    break: () => ({ env: { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN000000001' } }),
    changes: unknownCaller(/^AWS does not accept these credentials \(InvalidClientTokenId\)/),
    mends: 'person',
  },
  {
    name: 'the secret key is wrong',
    touches: awsIs,
    break: () => ({ env: { AWS_SECRET_ACCESS_KEY: 'not/the/secret/access/key/of/this/identity' } }),
    changes: unknownCaller(/^AWS does not accept these credentials \(SignatureDoesNotMatch\)/),
    mends: 'person',
  },
  {
    name: 'AWS cannot be reached',
    touches: awsIs,
    break: () => ({ env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' } }),
    changes: [
      [
        'aws.identity',
        account,
        'unreachable',
        /^no answer from AWS \(sts:GetCallerIdentity in us-east-1\): connection refused$/,
      ],
      ['aws.role', account, 'unreachable', /iam:GetRole/],
      ['secret.present', secret, 'unreachable', /secretsmanager:DescribeSecret/],
      ...each(ofSecret.slice(1), secret, 'skipped', /could not be looked at/),
      ['policy.meaning', policy, 'unreachable', /secretsmanager:GetResourcePolicy/],
      ...each(ofPolicy.slice(1), policy, 'skipped', /could not be read/),
      ['rule.present', rules, 'unreachable', /ecr:DescribePullThroughCacheRules/],
      ['rule.quota', rules, 'skipped', /rules could not be read/],
      ...each(ofRule, rule, 'gone'),
    ],
    mends: 'person',
  },
  {
    name: 'the account is another one',
    touches: ['aws.identity'],
    break: () => ({ flags: ['--account', '999999999999'] }),
    changes: [
      ['aws.identity', account, 'drift', /^these AWS credentials are of account \d{12}, not \d{12} \(arn:/],
    ],
    mends: 'person',
  },
  {
    name: 'STS denies',
    touches: ['aws.identity'],
    break: failing('sts', '*', { kind: 'deny' }),
    changes: [['aws.identity', account, 'denied', /^AWS denies sts:GetCallerIdentity in us-east-1: /]],
    mends: 'time',
  },
  {
    name: 'STS cuts connections',
    touches: ['aws.identity'],
    break: failing('sts', '*', { kind: 'reset' }),
    changes: [
      [
        'aws.identity',
        account,
        'unreachable',
        /^no answer from AWS \(sts:GetCallerIdentity.*connection reset$/,
      ],
    ],
    mends: 'time',
  },
  {
    name: 'ECR’s role is gone',
    when: 'last',
    touches: ['aws.role'],
    break: withoutRole,
    changes: [
      [
        'aws.role',
        account,
        'missing',
        /^the service-linked role AWSServiceRoleForECRPullThroughCache is not there$/,
      ],
      ['rule.valid', rule, 'drift', /ECR’s service-linked role is not there/],
    ],
    mends: 'advice',
  },
  {
    name: 'IAM does not tell of ECR’s role, and ECR reads the secret',
    touches: ['aws.role'],
    break: failing('iam', 'GetRole', { kind: 'deny' }),
    // Where ECR does not read the secret, it is not known.
    changes: [
      [
        'aws.role',
        account,
        'ok',
        /^ECR has just read a secret with it$|^AWS denies iam:GetRole in us-east-1/,
      ],
    ],
    mends: 'nobody',
  },
  {
    name: 'neither IAM nor ECR tells of the role',
    touches: ['aws.role', 'rule.validate'],
    break({ fail }) {
      fail('iam', 'GetRole', { kind: 'deny' })
      fail('ecr', 'ValidatePullThroughCacheRule', { kind: 'deny' })
      return undefined
    },
    changes: [
      ['aws.role', account, 'denied', /^AWS denies iam:GetRole in us-east-1: /],
      ['rule.valid', rule, 'denied', /^AWS denies ecr:ValidatePullThroughCacheRule/],
    ],
    mends: 'time',
  },
  {
    name: 'IAM is out of order, and ECR reads the secret',
    touches: ['aws.role'],
    break: failing('iam', 'GetRole', { kind: 'error', status: 503 }),
    changes: [['aws.role', account, 'ok', /^ECR has just read a secret with it$|^AWS answered iam:GetRole/]],
    mends: 'nobody',
  },
  {
    name: 'the Region has no such name',
    touches: ['aws.region', ...awsIs],
    break: () => ({ flags: ['--region', 'virginia'] }),
    changes: [
      ['aws.region', 'AWS', 'unreachable', /^not the name of an AWS Region: "virginia"$/],
      ...each(['aws.identity', 'aws.role'], account, 'gone'),
      ...each(ofSecret, secret, 'gone'),
      ...each(ofPolicy, policy, 'gone'),
      ...each(['rule.present', 'rule.quota'], rules, 'gone'),
      ...each(ofRule, rule, 'gone'),
    ],
    mends: 'person',
  },
]
