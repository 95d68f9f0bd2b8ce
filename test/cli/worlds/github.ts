import { recordName } from '../../../src/github/sync-record.ts'
import type { CheckId } from '../../../src/checks/finding.ts'
import {
  type CheckChange,
  each,
  type Fault,
  inEnvironment,
  targets,
  type World,
  failing,
} from '../broken-world.ts'

const { repository } = targets
const api = '/repos/acme/widgets/actions'

const noPair: CheckChange = [
  'github.drift',
  repository,
  'skipped',
  /the pair is not whole, see github\.secrets/,
]
const noRecord: CheckChange = [
  'github.drift',
  repository,
  'skipped',
  /record cannot be read, see github\.record/,
]
const noList: CheckChange = [
  'github.drift',
  repository,
  'skipped',
  /secrets cannot be listed, see github\.secrets/,
]

/** GitHub shows nothing of the repository to this token. */
function hidden(says: RegExp, status: 'denied' | 'unreachable' = 'denied'): readonly CheckChange[] {
  const others = ['github.secrets', 'github.record', 'github.drift', 'github.writers'] as const
  return [
    ['github.repository', repository, status, says],
    ...each(others, repository, 'skipped', /see github\.re(pository|cord)$/),
  ]
}

/** Run with a token that may do only so much. */
function withToken(token: object) {
  return async ({ control }: World) => {
    const text = `github_pat_11LESS0${'0123456789'.repeat(7)}000`
    await control('/github/tokens', { token: text, kind: 'fine-grained', ...token })
    return { env: { GH_TOKEN: text } }
  }
}

const wholeGitHub = ['github.repository', 'github.secrets', 'github.record', 'github.writers', 'github.token']

const reads: readonly {
  readonly name: string
  readonly operation: string
  readonly id: CheckId
  readonly also: readonly CheckChange[]
}[] = [
  { name: 'the repository', operation: 'GET /repos/{owner}/{repo}', id: 'github.repository', also: [] },
  {
    name: 'the list of secrets',
    operation: 'GET /repos/{owner}/{repo}/actions/secrets',
    id: 'github.secrets',
    also: [noList],
  },
  {
    name: 'the record',
    operation: 'GET /repos/{owner}/{repo}/actions/variables/{name}',
    id: 'github.record',
    also: [noRecord],
  },
  {
    name: 'the list of collaborators',
    operation: 'GET /repos/{owner}/{repo}/collaborators',
    id: 'github.writers',
    also: [],
  },
]

const kinds = [
  {
    kind: 'error',
    status: 500,
    says: /^GitHub answered 500 \(application\/json\) to GET \/repos\/acme\/widgets/,
  },
  { kind: 'html', status: 503, says: /^GitHub answered 503 \(text\/html\) to GET \/repos\/acme\/widgets/ },
  { kind: 'reset', says: /^no answer from GitHub \(.*\): connection reset$/ },
  { kind: 'hang', says: /^no answer from GitHub \(.*\): timed out after 1 s$/ },
] as const

/** GitHub answers all but one of its four questions. */
const unanswered = reads.flatMap(({ name, operation, id, also }) =>
  kinds.map(({ says, ...fault }): Fault => ({
    name: `GitHub fails at ${name}: ${fault.kind}`,
    touches: [id],
    break({ fail }) {
      fail('github', operation, fault)
      return fault.kind === 'hang' ? { flags: ['--timeout', '1'] } : undefined
    },
    changes: [[id, repository, 'unreachable', says], ...also],
    mends: 'time',
    ...(fault.kind === 'error' ? {} : { alone: 'a server error stands for all of them' }),
  })),
)

export const githubFaults: readonly Fault[] = [
  {
    name: 'there is no GitHub token',
    touches: wholeGitHub,
    break: () => ({ env: { GH_TOKEN: undefined, GH_PATH: '/nowhere/gh' } }),
    changes: [
      ['github.repository', 'GitHub', 'denied', /^there is no GitHub token for /],
      ...each(
        ['github.repository', 'github.secrets', 'github.record', 'github.drift', 'github.writers'],
        repository,
        'gone',
      ),
    ],
    mends: 'person',
  },
  {
    name: 'GitHub does not know the token',
    touches: wholeGitHub,
    break: () => ({ env: { GH_TOKEN: 'github_pat_11UNKNOWN0' } }),
    changes: hidden(/^GitHub does not accept the token from GH_TOKEN: Bad credentials$/),
    mends: 'person',
  },
  {
    name: 'the token does not reach the repository',
    touches: wholeGitHub,
    break: withToken({ permissions: { secrets: 'write', variables: 'write' }, repositories: ['acme/other'] }),
    changes: hidden(
      /^the token from GH_TOKEN may not see acme\/widgets, or acme\/widgets does not exist \(GitHub answered 404/,
    ),
    mends: 'person',
  },
  {
    name: 'there is no such repository',
    touches: wholeGitHub,
    break: () => ({ flags: ['--repo', 'acme/nothing'] }),
    changes: [
      [
        'github.repository',
        'acme/nothing',
        'denied',
        /may not see acme\/nothing, or acme\/nothing does not exist/,
      ],
      ...each(
        ['github.secrets', 'github.record', 'github.drift', 'github.writers'],
        'acme/nothing',
        'skipped',
      ),
      ...each(
        ['github.repository', 'github.secrets', 'github.record', 'github.drift', 'github.writers'],
        repository,
        'gone',
      ),
    ],
    mends: 'person',
  },
  {
    name: 'the token is not authorized for the organization’s SSO',
    touches: wholeGitHub,
    break: failing('github', '*', { kind: 'sso' }),
    changes: hidden(/protected by organization SAML enforcement/),
    mends: 'time',
  },
  {
    name: 'GitHub cuts every connection',
    touches: wholeGitHub,
    break: failing('github', '*', { kind: 'reset' }),
    changes: hidden(/^no answer from GitHub \(.*\): connection reset$/, 'unreachable'),
    mends: 'time',
  },
  {
    name: 'GitHub’s hourly limit is used up',
    touches: wholeGitHub,
    break: failing('github', '*', { kind: 'primary-limit', resetSeconds: 3000 }),
    changes: hidden(
      /^GitHub’s primary rate limit forbids GET \/repos\/acme\/widgets until TIME$/,
      'unreachable',
    ),
    mends: 'time',
  },
  {
    name: 'GitHub has retired the version of its API',
    touches: wholeGitHub,
    break: failing('github', '*', { kind: 'retired-version' }),
    changes: [
      ['github.repository', repository, 'unreachable', /^GitHub will not see acme\/widgets: 410, /],
      [
        'github.secrets',
        repository,
        'unreachable',
        /^GitHub will not list the secrets of acme\/widgets: 410, /,
      ],
      [
        'github.record',
        repository,
        'unreachable',
        /^GitHub will not read the variable \w+ of acme\/widgets: 410, /,
      ],
      noRecord,
      [
        'github.writers',
        repository,
        'unreachable',
        /^GitHub will not list the collaborators of acme\/widgets: 410, /,
      ],
    ],
    mends: 'time',
  },
  {
    name: 'the repository is archived, and in step',
    touches: ['github.repository'],
    when: 'last',
    async break({ control }) {
      await control('/github/repositories', { fullName: repository, archived: true })
      return undefined
    },
    // With another fault there, sync cannot mend it.
    changes: [
      [
        'github.repository',
        repository,
        'warning',
        /^acme\/widgets is archived, so (its secrets cannot change|sync cannot)/,
      ],
    ],
    mends: 'person',
    async act({ control }) {
      await control('/github/repositories', { fullName: repository, archived: false })
      return undefined
    },
  },
  {
    name: 'the repository is archived with half of the pair',
    touches: ['github.repository', 'github.secrets'],
    when: 'last',
    async break({ control, github }) {
      await github('DELETE', `${api}/secrets/DOCKER_HUB_TOKEN`)
      await control('/github/repositories', { fullName: repository, archived: true })
      return undefined
    },
    changes: [
      // With a token that may not list secrets, what is missing is not known.
      [
        'github.repository',
        repository,
        'drift',
        /^acme\/widgets is archived, so (sync cannot mend its secrets|its secrets cannot change)$/,
      ],
      [
        'github.secrets',
        repository,
        'missing',
        /^DOCKER_HUB_TOKEN is not there, only DOCKER_HUB_USERNAME is: a half-written pair$/,
      ],
      noPair,
    ],
    mends: 'person',
    async act({ control, sync }) {
      await control('/github/repositories', { fullName: repository, archived: false })
      await sync([])
      return undefined
    },
  },
  {
    name: 'the repository was renamed',
    touches: ['github.repository'],
    when: 'last',
    async break({ control }) {
      await control('/github/repositories', { fullName: repository, renamedTo: 'acme/gears' })
      return undefined
    },
    changes: [['github.repository', repository, 'warning', /^acme\/widgets is now called acme\/gears$/]],
    mends: 'person',
    act: () => Promise.resolve({ flags: ['--repo', 'acme/gears'] }),
  },
  {
    name: 'both secrets are missing',
    touches: ['github.secrets'],
    async break({ github }) {
      await github('DELETE', `${api}/secrets/DOCKER_HUB_TOKEN`)
      await github('DELETE', `${api}/secrets/DOCKER_HUB_USERNAME`)
      return undefined
    },
    changes: [
      ['github.secrets', repository, 'missing', /^DOCKER_HUB_USERNAME and DOCKER_HUB_TOKEN are not there$/],
      noPair,
    ],
    mends: 'sync',
  },
  {
    name: 'half of the pair is missing',
    touches: ['github.secrets'],
    async break({ github }) {
      await github('DELETE', `${api}/secrets/DOCKER_HUB_TOKEN`)
      return undefined
    },
    changes: [
      [
        'github.secrets',
        repository,
        'missing',
        /^DOCKER_HUB_TOKEN is not there, only DOCKER_HUB_USERNAME is: a half-written pair$/,
      ],
      noPair,
    ],
    mends: 'sync',
  },
  {
    name: 'the record is absent',
    touches: ['github.record'],
    async break({ github }) {
      await github('DELETE', `${api}/variables/${recordName}`)
      return undefined
    },
    changes: [
      [
        'github.record',
        repository,
        'missing',
        /^there is no variable \w+, so nothing tells which credential was synced last/,
      ],
      ['github.drift', repository, 'skipped', /there is no record to compare with, see github\.record/],
    ],
    mends: 'sync',
  },
  {
    name: 'the record was edited',
    touches: ['github.record'],
    async break({ github }) {
      await github('PATCH', `${api}/variables/${recordName}`, { value: 'hello' })
      return undefined
    },
    changes: [
      [
        'github.record',
        repository,
        'drift',
        /^\w+ was edited and is no record, so what the pair holds is unknown$/,
      ],
      noRecord,
    ],
    mends: 'sync',
  },
  {
    name: 'GitHub holds another credential',
    touches: ['github.secrets', 'github.record'],
    when: 'first',
    async break({ sync }) {
      await sync(['--only', 'github', '--skip-proof'], inEnvironment('dckr_pat_earlier_0123456789abcdefghi'))
      return undefined
    },
    changes: [
      ['github.drift', repository, 'drift', /^another credential than the source’s was synced last$/],
    ],
    mends: 'sync',
  },
  {
    name: 'somebody wrote a secret by hand',
    touches: ['github.secrets'],
    async break({ writeGitHubSecret }) {
      await writeGitHubSecret('DOCKER_HUB_TOKEN', 'written by hand')
      return undefined
    },
    changes: [
      [
        'github.drift',
        repository,
        'drift',
        /^DOCKER_HUB_TOKEN \(\S+\) changed at GitHub since the last sync, so what the pair holds is unknown$/,
      ],
    ],
    mends: 'sync',
  },
  {
    name: 'the token may not read variables',
    touches: ['github.token'],
    break: withToken({ permissions: { secrets: 'write' } }),
    changes: [
      [
        'github.record',
        repository,
        'unknowable',
        /^the token may not read the variable \w+, so what the pair holds is unknown$/,
      ],
      noRecord,
    ],
    mends: 'person',
  },
  {
    name: 'the token may not list secrets',
    touches: ['github.token'],
    break: withToken({ permissions: { variables: 'write' } }),
    changes: [
      [
        'github.secrets',
        repository,
        'denied',
        /^the token from GH_TOKEN may not list the secrets of acme\/widgets \(/,
      ],
      noList,
    ],
    mends: 'person',
  },
  {
    name: 'the token’s owner may not push',
    touches: ['github.writers'],
    async break({ control }) {
      const collaborators = [{ login: 'sandbox', permission: 'pull' }]
      await control('/github/repositories', { fullName: repository, collaborators })
      return undefined
    },
    changes: [
      [
        'github.writers',
        repository,
        'unknowable',
        /^who may change them is unknown: the token from GH_TOKEN may not list the collaborators of acme\/widgets/,
      ],
    ],
    mends: 'person',
    async act({ control }) {
      const collaborators = [{ login: 'sandbox', permission: 'admin' }]
      await control('/github/repositories', { fullName: repository, collaborators })
      return undefined
    },
  },
  ...unanswered,
]
