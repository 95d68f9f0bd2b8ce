import { DeleteResourcePolicyCommand, UntagResourceCommand } from '@aws-sdk/client-secrets-manager'
import { type CheckChange, each, type Fault, secretName } from '../broken-world.ts'

const region = 'eu-west-1'
const secret = `${region} ${secretName}`
const policy = `${secret} policy`
const setting = 'wide'

const eu: readonly CheckChange[] = [
  ['secret.present', secret, 'denied', /^AWS denies secretsmanager:DescribeSecret in eu-west-1: /],
  ...each(['secret.key', 'secret.version', 'secret.labels', 'secret.owner'], secret, 'skipped'),
  ['policy.meaning', policy, 'denied', /^AWS denies secretsmanager:GetResourcePolicy in eu-west-1: /],
  ...each(['policy.public', 'policy.denial'], policy, 'skipped'),
  [
    'rule.present',
    `${region} cache rules`,
    'denied',
    /^AWS denies ecr:DescribePullThroughCacheRules in eu-west-1: /,
  ],
  ['rule.quota', `${region} cache rules`, 'skipped'],
  ...each(
    ['rule.upstream', 'rule.credential', 'rule.valid', 'rule.template'],
    `${region} rule docker-hub`,
    'gone',
  ),
]

/** Two Regions and two repositories, of which one is broken. */
export const oneOfSeveralFaults: readonly Fault[] = [
  {
    name: 'one of two Regions has no policy',
    setting,
    touches: ['eu.policy'],
    async break({ secrets }) {
      await secrets(region).send(new DeleteResourcePolicyCommand({ SecretId: secretName }))
      return undefined
    },
    changes: [['policy.meaning', policy, 'missing', /^the secret has no resource policy/]],
    mends: 'sync',
  },
  {
    name: 'one of two Regions has an untagged secret',
    setting,
    touches: ['eu.tags'],
    async break({ secrets }) {
      await secrets(region).send(new UntagResourceCommand({ SecretId: secretName, TagKeys: ['managed-by'] }))
      return undefined
    },
    changes: [['secret.owner', secret, 'drift', /^the secret lacks the tag managed-by=pullthrough/]],
    mends: 'sync',
  },
  {
    name: 'one of two Regions is forbidden',
    setting,
    touches: ['eu.ask'],
    async break({ control }) {
      const keys = { accessKeyId: 'AKIAONEREGION0000001', secretAccessKey: 'one/region' }
      const elsewhere = { StringEquals: { 'aws:RequestedRegion': region } }
      await control('/aws/identities', {
        ...keys,
        arn: 'arn:aws:iam::123456789012:user/sandbox',
        policy: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: '*', Resource: '*' },
            { Effect: 'Deny', Action: '*', Resource: '*', Condition: elsewhere },
          ],
        },
      })
      return { env: { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey } }
    },
    changes: eu,
    mends: 'person',
  },
  {
    name: 'one of two repositories is archived',
    setting,
    touches: ['gadgets'],
    async break({ control }) {
      await control('/github/repositories', { fullName: 'acme/gadgets', archived: true })
      return undefined
    },
    changes: [['github.repository', 'acme/gadgets', 'warning', /^acme\/gadgets is archived, so/]],
    mends: 'person',
    async act({ control }) {
      await control('/github/repositories', { fullName: 'acme/gadgets', archived: false })
      return undefined
    },
  },
  {
    name: 'one of two repositories is out of reach',
    setting,
    touches: ['github.token'],
    async break({ control }) {
      const token = `github_pat_11LESS0${'0123456789'.repeat(7)}000`
      const permissions = { secrets: 'write', variables: 'write' }
      await control('/github/tokens', {
        token,
        kind: 'fine-grained',
        permissions,
        repositories: ['acme/widgets'],
      })
      return { env: { GH_TOKEN: token } }
    },
    changes: [
      [
        'github.repository',
        'acme/gadgets',
        'denied',
        /may not see acme\/gadgets, or acme\/gadgets does not exist/,
      ],
      ...each(
        ['github.secrets', 'github.record', 'github.drift', 'github.writers'],
        'acme/gadgets',
        'skipped',
      ),
    ],
    mends: 'person',
  },
]
