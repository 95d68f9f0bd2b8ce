import { type CheckChange, each, type Fault, inEnvironment, targets, type World } from '../broken-world.ts'
import { seeded } from '../in-process.ts'

const { source, hub, secret, repository } = targets
const workflow = `workflow and ${secret}`
const setting = 'workflow'

async function anotherCredential({ control }: World) {
  const token = 'dckr_pat_renewed_0123456789abcdefghi'
  await control('/docker-hub/accounts', { username: seeded.username, token })
  return { env: inEnvironment(token) }
}

const withoutCredential: readonly CheckChange[] = [
  ...each(['docker-hub.login', 'docker-hub.scope', 'docker-hub.limit'], hub, 'skipped', /gave no credential/),
  ['secret.version', secret, 'skipped', /credential is not known/],
  ['workflow.credential', workflow, 'skipped', /this run has no credential in its environment/],
  ['github.drift', repository, 'skipped', /source’s credential cannot be read/],
]

/** In a workflow run the environment has what GitHub gave. */
export const workflowFaults: readonly Fault[] = [
  {
    name: 'the workflow got another credential than AWS holds',
    setting,
    touches: ['source', 'hub.token'],
    break: anotherCredential,
    changes: [
      [
        'workflow.credential',
        workflow,
        'drift',
        /^this workflow got another credential from GitHub than AWS holds: one of/,
      ],
      ['secret.version', secret, 'drift', /^AWS holds another credential than the source/],
      ['github.drift', repository, 'drift', /^another credential than the source’s was synced last$/],
    ],
    mends: 'sync',
  },
  {
    name: 'a fork’s pull request gets empty secrets',
    setting,
    touches: ['source'],
    break: () => ({ env: { DOCKER_HUB_USERNAME: '', DOCKER_HUB_TOKEN: '' } }),
    changes: [
      [
        'source.credential',
        source,
        'missing',
        /^DOCKER_HUB_USERNAME is empty and DOCKER_HUB_TOKEN is empty$/,
      ],
      ...withoutCredential,
    ],
    mends: 'person',
  },
  {
    name: 'the workflow’s own token asks GitHub',
    setting,
    // An App is nobody: whether somebody may push is no matter to it.
    touches: ['github.token', 'github.writers'],
    async break({ control }) {
      const token = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz'
      await control('/github/tokens', { token, kind: 'app', repositories: [repository] })
      return { env: { GH_TOKEN: token } }
    },
    changes: [
      [
        'github.secrets',
        repository,
        'unknowable',
        /^a workflow’s own token may never list secrets; what the workflow got is compared/,
      ],
      [
        'github.record',
        repository,
        'unknowable',
        /^a workflow’s own token may not read the variable \w+; what the workflow got/,
      ],
      ['github.drift', repository, 'skipped', /record cannot be read, see github\.record/],
    ],
    mends: 'nobody',
  },
]
