import { UpdatePullThroughCacheRuleCommand } from '@aws-sdk/client-ecr'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import {
  type CheckChange,
  each,
  type Fault,
  home,
  inEnvironment,
  secretName,
  targets,
  type World,
  failing,
} from '../broken-world.ts'
import { seeded } from '../in-process.ts'

const { secret, policy, rule } = targets

const earlierToken = 'dckr_pat_earlier_0123456789abcdefghi'
const SecretId = secretName
const ownTag = { Key: 'managed-by', Value: 'pullthrough' }

const textOf = (token: string) => JSON.stringify({ username: seeded.username, accessToken: token })

const noPolicy = (says: RegExp): readonly CheckChange[] =>
  each(['policy.meaning', 'policy.public', 'policy.denial'], policy, 'skipped', says)

/** Another version is current. */
const otherCurrent: CheckChange = ['secret.labels', secret, 'ok', /^AWSCURRENT is on /]

/** The version that sync wrote has another label, or is where a label can be put. */
const wentBack: CheckChange = [
  'secret.version',
  secret,
  'drift',
  /^the source’s credential is in the secret, but AWSCURRENT is on another version$/,
]

/** ECR still reads what is there, which is not what the source has, and Docker Hub does not know it. */
const otherRead: CheckChange = ['rule.valid', rule, 'drift', /AWS holds another credential than the source/]

/** DescribeSecret has no answer: nothing of the secret is known, and ECR reads it all the same. */
function undescribed(status: 'denied' | 'unreachable', says: RegExp): readonly CheckChange[] {
  const why = /the secret could not be looked at/
  return [
    ['secret.present', secret, status, says],
    ...each(['secret.key', 'secret.version', 'secret.labels', 'secret.owner'], secret, 'skipped', why),
    ...noPolicy(why),
    ['rule.credential', rule, 'skipped', why],
  ]
}

async function remove({ secrets }: World): Promise<void> {
  await secrets().send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }))
}

/** Everything that a secret made anew does not keep. */
const wholeSecret = [
  'secret',
  'secret.key',
  'secret.value',
  'secret.labels',
  'secret.tags',
  'policy',
  'rule.arn',
]

const describe = (kind: string, more: object = {}): Pick<Fault, 'touches' | 'break' | 'mends'> => ({
  touches: ['secret.describe'],
  break: failing('secretsmanager', 'DescribeSecret', { kind, ...more }),
  mends: 'time',
})

export const secretFaults: readonly Fault[] = [
  {
    name: 'the secret is absent',
    touches: ['secret'],
    when: 'last',
    async break(world) {
      await remove(world)
      return undefined
    },
    changes: [
      [
        'secret.present',
        secret,
        'missing',
        /^there is no secret \S+ in us-east-1, so ECR has no credential there$/,
      ],
      ...each(
        ['secret.key', 'secret.version', 'secret.labels', 'secret.owner'],
        secret,
        'skipped',
        /there is no secret/,
      ),
      ...noPolicy(/there is no secret/),
      [
        'rule.credential',
        rule,
        'drift',
        /^the rule docker-hub points to arn:\S+, and there is no secret of that name$/,
      ],
      ['rule.valid', rule, 'drift', /the secret is not there/],
    ],
    mends: 'advice',
  },
  {
    name: 'the secret is scheduled for deletion',
    touches: ['secret'],
    when: 'last',
    async break({ secrets }) {
      await secrets().send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }))
      return undefined
    },
    changes: [
      [
        'secret.present',
        secret,
        'drift',
        /is scheduled for deletion \(DeletedDate \S+\), so nobody can read it$/,
      ],
      ...noPolicy(/scheduled for deletion/),
      ['rule.valid', rule, 'drift', /the secret is scheduled for deletion/],
    ],
    mends: 'advice',
  },
  {
    name: 'the secret was deleted and made anew',
    touches: wholeSecret,
    when: 'first',
    async break(world) {
      await world.remakeSecret()
      return undefined
    },
    changes: [
      [
        'rule.credential',
        rule,
        'drift',
        /^the rule docker-hub points to arn:\S+, and the secret of that name has another ARN today$/,
      ],
      ['rule.valid', rule, 'drift', /the rule points to another ARN/],
    ],
    mends: 'advice',
  },
  {
    name: 'a customer key encrypts the secret',
    touches: ['secret.key'],
    async break({ secrets }) {
      const KmsKeyId = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'
      await secrets().send(new UpdateSecretCommand({ SecretId, KmsKeyId }))
      return undefined
    },
    changes: [
      [
        'secret.key',
        secret,
        'drift',
        /^the secret is encrypted with arn:\S+, and ECR takes the AWS managed key only$/,
      ],
      ['rule.valid', rule, 'drift', /ECR cannot use the secret’s key/],
    ],
    mends: 'advice',
  },
  {
    name: 'another hand wrote the same credential',
    touches: ['secret.value'],
    async break({ secrets }) {
      // After the second, the version that sync wrote has no label left.
      for (const token of ['dckr_pat_of_another_hand', seeded.token]) {
        await secrets().send(new PutSecretValueCommand({ SecretId, SecretString: textOf(token) }))
      }
      return undefined
    },
    changes: [
      [
        'secret.version',
        secret,
        'drift',
        /^the secret’s current version was written by another hand, so whether/,
      ],
      otherCurrent,
    ],
    mends: 'sync',
  },
  {
    name: 'another hand wrote what ECR cannot read',
    touches: ['secret.value'],
    async break({ secrets }) {
      const SecretString = JSON.stringify({ user: seeded.username, password: seeded.token })
      await secrets().send(new PutSecretValueCommand({ SecretId, SecretString }))
      return undefined
    },
    changes: [
      wentBack,
      otherCurrent,
      ['rule.valid', rule, 'drift', /another hand wrote the secret’s current version/],
    ],
    mends: 'sync',
  },
  {
    name: 'an earlier version is current again',
    touches: ['secret.value'],
    when: 'first',
    async break(world) {
      const earlier = { username: seeded.username, token: earlierToken }
      await world.control('/docker-hub/accounts', earlier)
      await world.sync(['--only', 'aws'], inEnvironment(earlierToken))
      await world.sync(['--only', 'aws'])
      const { VersionIdsToStages = {} } = await world.secrets().send(new DescribeSecretCommand({ SecretId }))
      const holder = (label: string) =>
        Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id]?.includes(label)) ?? ''
      await world.secrets().send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: 'AWSCURRENT',
          RemoveFromVersionId: holder('AWSCURRENT'),
          MoveToVersionId: holder('AWSPREVIOUS'),
        }),
      )
      await world.control('/docker-hub/accounts', { ...earlier, state: 'revoked' })
      return undefined
    },
    changes: [wentBack, otherCurrent, otherRead],
    mends: 'sync',
  },
  {
    name: 'AWS holds another credential',
    touches: ['secret.value'],
    async break({ secrets }) {
      // By sync elsewhere, twice: ids of its own kind.
      for (const digit of [1, 2]) {
        await secrets().send(
          new PutSecretValueCommand({
            SecretId,
            ClientRequestToken: `0123456${digit}-89ab-8def-8123-456789abcdef`,
            SecretString: textOf(`dckr_pat_unknown${digit}_0123456789abcdef`),
          }),
        )
      }
      return undefined
    },
    changes: [
      [
        'secret.version',
        secret,
        'drift',
        /^AWS holds another credential than the source: the source’s was never written here$/,
      ],
      otherCurrent,
      otherRead,
    ],
    mends: 'sync',
  },
  {
    name: 'the source has a new token, and nobody synced',
    touches: ['source', 'hub.token'],
    async break({ control }) {
      const token = 'dckr_pat_renewed_0123456789abcdefghi'
      await control('/docker-hub/accounts', { username: seeded.username, token })
      return { env: inEnvironment(token) }
    },
    changes: [
      [
        'secret.version',
        secret,
        'drift',
        /^AWS holds another credential than the source: the source’s was never written here$/,
      ],
      ['github.drift', 'acme/widgets', 'drift', /^another credential than the source’s was synced last$/],
    ],
    mends: 'sync',
  },
  {
    name: 'the secret has no value',
    touches: wholeSecret,
    when: 'first',
    async break(world) {
      const arn = await world.secretArn()
      const { ResourcePolicy } = await world.secrets().send(new GetResourcePolicyCommand({ SecretId }))
      // An ARN without its end stands for whatever has the name: the rule is not to blame.
      const update = { ecrRepositoryPrefix: 'docker-hub', credentialArn: arn.slice(0, -'-a1b2c3'.length) }
      await world.ecr().send(new UpdatePullThroughCacheRuleCommand(update))
      await remove(world)
      await world.secrets().send(new CreateSecretCommand({ Name: SecretId, Tags: [ownTag] }))
      await world.secrets().send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }))
      return undefined
    },
    changes: [
      ['secret.labels', secret, 'missing', /^the secret has no current value: no version has AWSCURRENT$/],
      ['secret.version', secret, 'skipped', /no version is current/],
      ['rule.credential', rule, 'ok', /^arn:\S+\/docker-hub$/],
      ['rule.valid', rule, 'drift', /the secret has no current value/],
    ],
    mends: 'sync',
  },
  {
    name: 'a rotation was not finished',
    touches: ['secret.labels'],
    async break({ secrets }) {
      await secrets().send(
        new PutSecretValueCommand({
          SecretId,
          SecretString: textOf('dckr_pat_rotated_0123456789abcdefghi'),
          VersionStages: ['AWSPENDING'],
        }),
      )
      return undefined
    },
    changes: [
      [
        'secret.labels',
        secret,
        'warning',
        /^AWSPENDING is on version \S+: a rotation was not finished, and ECR reads AWSCURRENT$/,
      ],
    ],
    mends: 'advice',
  },
  {
    name: 'the secret is untagged',
    touches: ['secret.tags'],
    async break({ secrets }) {
      await secrets().send(new UntagResourceCommand({ SecretId, TagKeys: [ownTag.Key] }))
      return undefined
    },
    changes: [
      ['secret.owner', secret, 'drift', /^the secret lacks the tag managed-by=pullthrough, so another tool/],
    ],
    mends: 'sync',
  },
  {
    name: 'Pulumi owns the secret',
    touches: ['secret.tags'],
    async break({ secrets }) {
      const Tags = [{ Key: 'pulumi:project', Value: 'acme' }]
      await secrets().send(new UntagResourceCommand({ SecretId, TagKeys: [ownTag.Key] }))
      await secrets().send(new TagResourceCommand({ SecretId, Tags }))
      return undefined
    },
    changes: [
      [
        'secret.owner',
        secret,
        'drift',
        /^the secret belongs to another tool \(tag pulumi:project=acme\), and sync does not write/,
      ],
    ],
    mends: 'person',
    async act(world) {
      await world.secrets().send(new UntagResourceCommand({ SecretId, TagKeys: ['pulumi:project'] }))
      await world.sync([])
      return undefined
    },
  },
  {
    name: 'the secret is a replica',
    touches: wholeSecret,
    async break(world) {
      await remove(world)
      await world.sync(['--only', 'aws', '--region', 'eu-west-1'])
      const AddReplicaRegions = [{ Region: home }]
      const eu = world.secrets('eu-west-1')
      await eu.send(new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions }))
      const credentialArn = await world.secretArn()
      const update = { ecrRepositoryPrefix: 'docker-hub', credentialArn }
      await world.ecr().send(new UpdatePullThroughCacheRuleCommand(update))
      return undefined
    },
    changes: [['secret.owner', secret, 'warning', /^the secret is a replica: its value comes from \S+$/]],
    mends: 'nobody',
    alone: 'a replica cannot be broken by itself',
  },
  {
    name: 'DescribeSecret is denied',
    ...describe('deny'),
    changes: undescribed('denied', /^AWS denies secretsmanager:DescribeSecret in us-east-1: /),
  },
  {
    name: 'DescribeSecret is throttled',
    ...describe('throttle'),
    changes: undescribed('unreachable', /^AWS throttles secretsmanager:DescribeSecret in us-east-1: /),
  },
  {
    name: 'DescribeSecret is cut off',
    ...describe('reset'),
    changes: undescribed(
      'unreachable',
      /^no answer from AWS \(secretsmanager:DescribeSecret.*: connection reset$/,
    ),
  },
  {
    name: 'DescribeSecret is answered in HTML',
    ...describe('html', { status: 502 }),
    changes: undescribed(
      'unreachable',
      /^AWS answered secretsmanager:DescribeSecret in us-east-1 with status 502/,
    ),
  },
  {
    name: 'DescribeSecret hangs',
    touches: ['secret.describe'],
    break: failing('secretsmanager', 'DescribeSecret', { kind: 'hang' }, { flags: ['--timeout', '1'] }),
    changes: undescribed(
      'unreachable',
      /^no answer from AWS \(secretsmanager:DescribeSecret.*: timed out after 1 s$/,
    ),
    mends: 'time',
    alone: 'it takes its time',
  },
]
