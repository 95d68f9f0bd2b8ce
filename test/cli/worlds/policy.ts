import { DeletePullThroughCacheRuleCommand } from '@aws-sdk/client-ecr'
import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager'
import {
  type CheckChange,
  each,
  type Fault,
  secretName,
  targets,
  type World,
  failing,
} from '../broken-world.ts'

const { policy, rule, rules } = targets
const SecretId = secretName

interface Statement {
  readonly Sid?: string
  readonly Effect: string
  readonly Principal: unknown
  readonly Action: string
  readonly Resource: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Put another policy in the place of the one that sync wrote. */
async function rewrite(
  { secrets }: World,
  change: (statements: readonly Statement[]) => readonly Statement[],
) {
  const { ResourcePolicy = '' } = await secrets().send(new GetResourcePolicyCommand({ SecretId }))
  const document = JSON.parse(ResourcePolicy) as { Version: string; Statement: readonly Statement[] }
  const edited = JSON.stringify({ ...document, Statement: change(document.Statement) })
  await secrets().send(
    new PutResourcePolicyCommand({ SecretId, ResourcePolicy: edited, BlockPublicPolicy: false }),
  )
}

/** Add a statement of somebody else. */
function adding(statement: Omit<Statement, 'Action' | 'Resource'>) {
  const whole = { ...statement, Action: 'secretsmanager:GetSecretValue', Resource: '*' }
  return async (world: World): Promise<undefined> => {
    await rewrite(world, (statements) => [...statements, whole])
    return undefined
  }
}

function without(sid: string) {
  return (statements: readonly Statement[]) => statements.filter(({ Sid }) => Sid !== sid)
}

const hasMore: CheckChange = [
  'policy.meaning',
  policy,
  'warning',
  /^the resource policy has more than ours: statement \w+$/,
]
const shutOut: CheckChange = [
  'policy.denial',
  policy,
  'drift',
  /^the policy’s statement \w+ denies ECR’s role the reading of the secret$/,
]
const invalid: CheckChange = ['rule.valid', rule, 'drift', /the resource policy shuts ECR out/]

const touches = ['policy']
const ecrRole =
  'arn:aws:iam::123456789012:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache'
const differs = (says: RegExp): CheckChange => ['policy.meaning', policy, 'drift', says]

/** Who calls through another service of AWS cannot be known; here nobody does. */
const undecided = {
  Sid: 'NotThroughOthers',
  Effect: 'Deny',
  Principal: '*',
  Condition: { Bool: { 'aws:ViaAWSService': 'true' } },
}

export const policyFaults: readonly Fault[] = [
  {
    name: 'the policy is absent',
    touches,
    async break({ secrets }) {
      await secrets().send(new DeleteResourcePolicyCommand({ SecretId }))
      return undefined
    },
    changes: [
      [
        'policy.meaning',
        policy,
        'missing',
        /^the secret has no resource policy, so more than ECR may read the token$/,
      ],
    ],
    mends: 'sync',
  },
  {
    name: 'the policy was edited: somebody else may read too',
    touches,
    async break(world) {
      await rewrite(world, (statements) =>
        statements.map((statement) => {
          if (statement.Effect !== 'Deny') return statement
          const readers = [ecrRole, 'arn:aws:iam::123456789012:role/curious']
          return { ...statement, Condition: { ArnNotEquals: { 'aws:PrincipalArn': readers } } }
        }),
      )
      return undefined
    },
    changes: [differs(/^the resource policy is not what it should be: PullthroughDenyOtherReaders differs$/)],
    mends: 'sync',
  },
  {
    name: 'the policy was edited: ECR may not read',
    touches,
    async break(world) {
      await rewrite(world, (statements) =>
        statements.map((statement) => {
          if (statement.Effect !== 'Deny') return statement
          const readers = ['arn:aws:iam::123456789012:role/curious']
          return { ...statement, Condition: { ArnNotEquals: { 'aws:PrincipalArn': readers } } }
        }),
      )
      return undefined
    },
    changes: [
      differs(/^the resource policy is not what it should be: PullthroughDenyOtherReaders differs$/),
      shutOut,
      invalid,
    ],
    mends: 'sync',
  },
  {
    name: 'the policy denies nobody else',
    touches,
    async break(world) {
      await rewrite(world, without('PullthroughDenyOtherReaders'))
      return undefined
    },
    changes: [
      differs(/^the resource policy is not what it should be: PullthroughDenyOtherReaders is missing$/),
    ],
    mends: 'sync',
  },
  {
    name: 'the policy denies more than is asked for',
    touches,
    break: () => ({ flags: ['--policy', 'allow-only'] }),
    changes: [
      differs(
        /^the resource policy is not what it should be: PullthroughDenyOtherReaders is no longer wanted$/,
      ),
    ],
    mends: 'sync',
  },
  {
    name: 'a reader is asked for whom the policy keeps out',
    touches,
    break: () => ({ flags: ['--reader', 'arn:aws:iam::123456789012:role/auditor'] }),
    changes: [differs(/PullthroughDenyOtherReaders differs$/)],
    mends: 'sync',
  },
  {
    name: 'somebody added a statement',
    touches,
    break: adding({
      Sid: 'AllowAuditors',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:user/auditor' },
    }),
    changes: [hasMore],
    mends: 'nobody',
  },
  {
    name: 'the policy is public',
    touches,
    break: adding({ Sid: 'Everyone', Effect: 'Allow', Principal: '*' }),
    changes: [
      [
        'policy.public',
        policy,
        'drift',
        /^the policy’s statement \w+ allows everybody, and no condition ties it to anybody$/,
      ],
      hasMore,
    ],
    mends: 'person',
    async act(world) {
      await rewrite(world, without('Everyone'))
      return undefined
    },
  },
  {
    name: 'a Deny keeps ECR out',
    touches,
    break: adding({
      Sid: 'OnlyFromOurVpc',
      Effect: 'Deny',
      Principal: '*',
      Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-0123456789abcdef0' } },
    }),
    changes: [shutOut, hasMore, invalid],
    mends: 'person',
    async act(world) {
      await rewrite(world, without('OnlyFromOurVpc'))
      return undefined
    },
  },
  {
    name: 'a Deny that cannot be decided, and ECR reads the secret',
    touches,
    break: adding(undecided),
    changes: [hasMore, ['policy.denial', policy, 'ok', /^ECR has just read the secret$/]],
    mends: 'nobody',
  },
  {
    name: 'a Deny that cannot be decided, and no rule to try it',
    touches: ['policy', 'rule', 'rule.arn', 'rule.validate'],
    async break(world) {
      await adding(undecided)(world)
      await world.ecr().send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'docker-hub' }))
      return undefined
    },
    changes: [
      [
        'policy.denial',
        policy,
        'unknowable',
        /^whether the policy’s statement \w+ shuts ECR out hangs on conditions that cannot be decided here/,
      ],
      hasMore,
      ['rule.present', rules, 'missing', /^there is no pull-through cache rule for Docker Hub in us-east-1$/],
      ['rule.quota', rules, 'ok', /^0 of 50 rules$/],
      ...each(['rule.upstream', 'rule.credential', 'rule.valid', 'rule.template'], rule, 'gone'),
    ],
    mends: 'person',
    async act(world) {
      await world.makeRule()
      await rewrite(world, without('NotThroughOthers'))
      return undefined
    },
  },
  {
    name: 'GetResourcePolicy is denied',
    touches: ['policy.ask'],
    break: failing('secretsmanager', 'GetResourcePolicy', { kind: 'deny' }),
    changes: [
      ['policy.meaning', policy, 'denied', /^AWS denies secretsmanager:GetResourcePolicy in us-east-1: /],
      ...each(['policy.public', 'policy.denial'], policy, 'skipped', /the policy could not be read/),
    ],
    mends: 'time',
  },
  {
    name: 'GetResourcePolicy fails',
    touches: ['policy.ask'],
    break: failing('secretsmanager', 'GetResourcePolicy', { kind: 'error', status: 500 }),
    changes: [
      [
        'policy.meaning',
        policy,
        'unreachable',
        /^AWS answered secretsmanager:GetResourcePolicy in us-east-1 with status 500/,
      ],
      ...each(['policy.public', 'policy.denial'], policy, 'skipped', /the policy could not be read/),
    ],
    mends: 'time',
  },
]
