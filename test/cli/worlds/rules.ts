import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCreationTemplateCommand,
  type CreateRepositoryCreationTemplateCommandInput,
  DeletePullThroughCacheRuleCommand,
  UpdatePullThroughCacheRuleCommand,
} from '@aws-sdk/client-ecr'
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager'
import { type CheckChange, each, type Fault, home, targets, type World, failing } from '../broken-world.ts'
import { seeded } from '../in-process.ts'

const { rules, rule } = targets
const prefix = 'docker-hub'

const ofRule = ['rule.upstream', 'rule.credential', 'rule.valid', 'rule.template'] as const
const noRule = each(ofRule, rule, 'gone')

async function removeRule({ ecr }: World): Promise<void> {
  await ecr().send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: prefix }))
}

async function makeOtherRules({ ecr }: World, count: number): Promise<undefined> {
  const upstreamRegistryUrl = 'public.ecr.aws'
  for (let index = 0; index < count; index += 1) {
    const ecrRepositoryPrefix = `public-${index}`
    await ecr().send(new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix, upstreamRegistryUrl }))
  }
  return undefined
}

function template(
  input: Partial<CreateRepositoryCreationTemplateCommandInput>,
): Pick<Fault, 'touches' | 'break'> {
  return {
    touches: ['template'],
    async break({ ecr }) {
      const whole = { prefix, appliedFor: ['PULL_THROUGH_CACHE' as const], ...input }
      await ecr().send(new CreateRepositoryCreationTemplateCommand(whole))
      return undefined
    },
  }
}

/** ECR says that it cannot log in, and nothing else is wrong. */
function unexplained(fault: object): Pick<Fault, 'touches' | 'break' | 'changes' | 'mends'> {
  return {
    touches: ['rule.validate'],
    break: failing('ecr', 'ValidatePullThroughCacheRule', { kind: '', ...fault }),
    changes: [
      [
        'rule.valid',
        rule,
        'drift',
        /docker-hub: nothing else that was asked here explains it \(ECR says “.+”\)$/,
      ],
    ],
    mends: 'time',
  }
}

function unasked(kind: string, change: CheckChange): Pick<Fault, 'touches' | 'break' | 'changes' | 'mends'> {
  return {
    touches: ['rule.validate'],
    break: failing('ecr', 'ValidatePullThroughCacheRule', { kind, status: 500 }),
    changes: [change],
    mends: 'time',
  }
}

const needsRole: CheckChange = [
  'rule.template',
  rule,
  'drift',
  /^the repository creation template docker-hub sets tags or a KMS key and names no role for it/,
]

export const ruleFaults: readonly Fault[] = [
  {
    name: 'the rule is absent',
    touches: ['rule', 'rule.arn', 'rule.validate', 'template', 'quota'],
    async break(world) {
      await removeRule(world)
      return undefined
    },
    changes: [
      ['rule.present', rules, 'missing', /^there is no pull-through cache rule for Docker Hub in us-east-1$/],
      ['rule.quota', rules, 'ok', /^0 of 50 rules$/],
      ...noRule,
    ],
    mends: 'advice',
  },
  {
    name: 'the rule uses another secret',
    touches: ['rule', 'rule.arn', 'rule.validate', 'template'],
    async break({ secrets, ecr }) {
      const SecretString = JSON.stringify({ username: seeded.username, accessToken: seeded.token })
      const { ARN: credentialArn } = await secrets().send(
        new CreateSecretCommand({ Name: 'ecr-pullthroughcache/old', SecretString }),
      )
      await ecr().send(new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: prefix, credentialArn }))
      return undefined
    },
    changes: [
      [
        'rule.present',
        rules,
        'missing',
        /^no rule for Docker Hub in us-east-1 uses the secret: docker-hub uses ecr-pullthroughcache\/old$/,
      ],
      ...noRule,
    ],
    mends: 'advice',
  },
  {
    name: 'the rule sends our secret to another registry',
    when: 'first',
    touches: ['rule', 'rule.arn', 'rule.validate'],
    async break(world) {
      await removeRule(world)
      await world.ecr().send(
        new CreatePullThroughCacheRuleCommand({
          ecrRepositoryPrefix: prefix,
          upstreamRegistryUrl: 'ghcr.io',
          credentialArn: await world.secretArn(),
        }),
      )
      // The sandbox has no ghcr.io: this is what it would say.
      world.fail('ecr', 'ValidatePullThroughCacheRule', { kind: 'invalid' })
      return undefined
    },
    changes: [
      [
        'rule.upstream',
        rule,
        'drift',
        /^the rule docker-hub uses the Docker Hub secret, but its upstream is ghcr\.io$/,
      ],
      ['rule.present', rules, 'missing', /^there is no pull-through cache rule for Docker Hub in us-east-1$/],
      ['rule.valid', rule, 'drift', /its upstream is not Docker Hub/],
    ],
    mends: 'advice',
  },
  {
    name: 'one of two rules points to a secret of the past',
    touches: [
      'secret',
      'secret.key',
      'secret.value',
      'secret.labels',
      'secret.tags',
      'policy',
      'rule',
      'rule.arn',
      'quota',
    ],
    when: 'first',
    async break(world) {
      await world.makeRule(home, 'mirror')
      await world.remakeSecret()
      const credentialArn = await world.secretArn()
      await world
        .ecr()
        .send(new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: prefix, credentialArn }))
      return undefined
    },
    changes: [
      [
        'rule.credential',
        'us-east-1 rule mirror',
        'drift',
        /^the rule mirror points to arn:\S+, and the secret of that name/,
      ],
      ['rule.valid', 'us-east-1 rule mirror', 'drift', /the rule points to another ARN/],
      ['rule.upstream', 'us-east-1 rule mirror', 'ok'],
      ['rule.template', 'us-east-1 rule mirror', 'ok'],
      ['rule.present', rules, 'ok', /^docker-hub, mirror use the secret$/],
      ['rule.quota', rules, 'ok', /^2 of 50 rules$/],
    ],
    mends: 'advice',
  },
  {
    name: 'the rules may not be listed',
    touches: ['rules.ask'],
    break: failing('ecr', 'DescribePullThroughCacheRules', { kind: 'deny' }),
    changes: [
      ['rule.present', rules, 'denied', /^AWS denies ecr:DescribePullThroughCacheRules in us-east-1: /],
      ['rule.quota', rules, 'skipped', /the rules could not be read/],
      ...noRule,
    ],
    mends: 'time',
  },
  {
    name: 'listing the rules is throttled',
    touches: ['rules.ask'],
    break: failing('ecr', 'DescribePullThroughCacheRules', { kind: 'throttle' }),
    changes: [
      [
        'rule.present',
        rules,
        'unreachable',
        /^AWS throttles ecr:DescribePullThroughCacheRules in us-east-1: /,
      ],
      ['rule.quota', rules, 'skipped', /the rules could not be read/],
      ...noRule,
    ],
    mends: 'time',
  },
  {
    name: 'the rule may not be validated',
    ...unasked('deny', [
      'rule.valid',
      rule,
      'denied',
      /^AWS denies ecr:ValidatePullThroughCacheRule in us-east-1: /,
    ]),
  },
  {
    name: 'the validation of the rule is cut off',
    ...unasked('reset', [
      'rule.valid',
      rule,
      'unreachable',
      /^no answer from AWS \(ecr:ValidatePullThroughCacheRule/,
    ]),
  },
  {
    name: 'the validation of the rule fails',
    ...unasked('error', [
      'rule.valid',
      rule,
      'unreachable',
      /^AWS answered ecr:ValidatePullThroughCacheRule .* status 500/,
    ]),
  },
  {
    name: 'ECR cannot log in, and nobody knows why',
    ...unexplained({ kind: 'invalid', failure: 'Something went wrong' }),
  },
  { name: 'ECR does not see the secret yet', ...unexplained({ kind: 'secret-lag' }) },
  {
    name: 'ECR reads the secret as another role',
    ...unexplained({ kind: 'reads-as', role: 'arn:aws:iam::123456789012:role/not-the-linked-one' }),
    // It is the policy that keeps that role out.
    touches: ['rule.validate', 'policy'],
  },
  {
    name: 'the template makes tags immutable',
    ...template({ imageTagMutability: 'IMMUTABLE' }),
    changes: [
      [
        'rule.template',
        rule,
        'warning',
        /^the repository creation template \S+ makes tags immutable, so that cached tags/,
      ],
    ],
    mends: 'advice',
  },
  {
    name: 'the template sets tags and names no role',
    ...template({ resourceTags: [{ Key: 'team', Value: 'platform' }] }),
    changes: [needsRole],
    mends: 'advice',
  },
  {
    name: 'the template sets a key and names no role',
    ...template({ encryptionConfiguration: { encryptionType: 'KMS' } }),
    changes: [needsRole],
    mends: 'advice',
  },
  {
    name: 'the template for everything makes tags immutable',
    ...template({ prefix: 'ROOT', imageTagMutability: 'IMMUTABLE' }),
    changes: [
      ['rule.template', rule, 'warning', /^the repository creation template ROOT makes tags immutable/],
    ],
    mends: 'advice',
  },
  {
    name: 'there is a template for everything, and nothing is wrong with it',
    ...template({ prefix: 'ROOT' }),
    changes: [['rule.template', rule, 'ok', /^template ROOT$/]],
    mends: 'nobody',
  },
  {
    name: 'the templates may not be listed',
    touches: ['template'],
    break: failing('ecr', 'DescribeRepositoryCreationTemplates', { kind: 'deny' }),
    changes: [
      ['rule.template', rule, 'denied', /^AWS denies ecr:DescribeRepositoryCreationTemplates in us-east-1: /],
    ],
    mends: 'time',
  },
  {
    name: 'there are 46 rules',
    touches: ['quota'],
    break: (world) => makeOtherRules(world, 45),
    changes: [
      [
        'rule.quota',
        rules,
        'warning',
        /^us-east-1 has (46|50) of 50 pull-through cache rules, and AWS does not raise/,
      ],
    ],
    mends: 'person',
  },
  {
    name: 'there are 50 rules',
    touches: ['quota'],
    break: (world) => makeOtherRules(world, 49),
    changes: [['rule.quota', rules, 'warning', /^us-east-1 has 50 of 50 pull-through cache rules/]],
    mends: 'person',
    alone: 'it leaves no room for another rule',
  },
]
