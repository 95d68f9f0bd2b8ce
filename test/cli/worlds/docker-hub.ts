import {
  type CheckChange,
  each,
  type Fault,
  inEnvironment,
  targets,
  type World,
  failing,
} from '../broken-world.ts'
import { seeded } from '../in-process.ts'

const { source, hub, secret, rule, repository } = targets

const loginUnknown: readonly CheckChange[] = each(
  ['docker-hub.scope', 'docker-hub.limit'],
  hub,
  'skipped',
  /login at Docker Hub failed/,
)

/** The token is refused, to us and to ECR. */
function refused(says: RegExp): readonly CheckChange[] {
  return [
    ['docker-hub.login', hub, 'drift', says],
    ...loginUnknown,
    ['rule.valid', rule, 'drift', /docker-hub: Docker Hub refuses the credential itself/],
  ]
}

/** Docker Hub does not answer us; ECR asks it on its own. */
function unanswered(says: RegExp): readonly CheckChange[] {
  return [['docker-hub.login', hub, 'unreachable', says], ...loginUnknown]
}

const newToken = 'dckr_pat_renewed_0123456789abcdefghi'

/** What the fix says: a new token in the source, and a sync. */
async function putNewToken(world: World) {
  await world.control('/docker-hub/accounts', { username: seeded.username, token: newToken })
  const env = inEnvironment(newToken)
  await world.sync([], env)
  return { env }
}

/** Change the account that the credential is of. */
function account(change: object) {
  return async ({ control }: World): Promise<undefined> => {
    await control('/docker-hub/accounts', { ...seeded, ...change })
    return undefined
  }
}

const login = 'GET /token'
const hubLogin = 'POST /v2/auth/token'
const manifest = 'HEAD /v2/{name}/manifests/{reference}'

export const dockerHubFaults: readonly Fault[] = [
  {
    name: 'the token is revoked',
    touches: ['hub.token'],
    break: account({ state: 'revoked' }),
    changes: refused(/^Docker Hub refuses the login of sandbox: incorrect username or password$/),
    mends: 'person',
    act: putNewToken,
  },
  {
    name: 'the token is deactivated',
    touches: ['hub.token'],
    break: account({ state: 'disabled' }),
    changes: refused(/incorrect username or password$/),
    mends: 'person',
    async act(world) {
      return account({ state: 'active' })(world)
    },
  },
  {
    name: 'the token has expired',
    touches: ['hub.token'],
    break: account({ state: 'expired' }),
    changes: refused(/the token has expired, and with it even public images cannot be pulled$/),
    mends: 'person',
    act: putNewToken,
  },
  {
    name: 'the token may not pull',
    touches: ['hub.token'],
    break: account({ scope: 'cloud-sandboxes' }),
    changes: [
      ['docker-hub.login', hub, 'drift', /the token is valid, but may not pull public images$/],
      ...loginUnknown,
    ],
    mends: 'person',
    async act(world) {
      return account({ scope: 'repo:public_read' })(world)
    },
  },
  {
    name: 'the token may do more than pull',
    touches: ['hub.token'],
    break: account({ scope: 'repo:admin' }),
    changes: [['docker-hub.scope', hub, 'warning', /may do more than pull: its scope is repo:admin$/]],
    mends: 'person',
    act: putNewToken,
  },
  {
    name: 'the token is a password',
    touches: ['hub.token', 'source'],
    when: 'first',
    async break(world) {
      const env = inEnvironment('correct-horse-9')
      await world.control('/docker-hub/accounts', { username: seeded.username, token: 'correct-horse-9' })
      await world.sync([], env)
      return { env }
    },
    changes: [
      [
        'docker-hub.scope',
        hub,
        'warning',
        /^the token looks like a password, which opens the whole account$/,
      ],
      ['secret.labels', secret, 'ok', /^AWSCURRENT is on /],
    ],
    mends: 'person',
    act: putNewToken,
    alone: 'its secret is another from the start',
  },
  {
    name: 'no pulls are left',
    touches: ['hub.pulls'],
    break: account({ pullsLeft: 0 }),
    changes: [
      ['docker-hub.limit', hub, 'drift', /pull 200 images in 6 h, and none is left now: .* fails with 429$/],
    ],
    mends: 'person',
    async act({ control }) {
      await control('/clock', { advanceMs: 6 * 3_600_000 })
      return undefined
    },
  },
  {
    name: 'few pulls are left',
    touches: ['hub.pulls'],
    break: account({ pullsLeft: 3 }),
    changes: [['docker-hub.limit', hub, 'warning', /pull 200 images in 6 h, and only 3 are left$/]],
    mends: 'person',
    async act(world) {
      return account({ plan: 'pro' })(world)
    },
  },
  {
    name: 'the username is an e-mail address',
    touches: ['source'],
    break: () => ({ env: inEnvironment(seeded.token, 'someone@example.com') }),
    changes: [
      [
        'docker-hub.login',
        hub,
        'drift',
        /refuses the login of someone@example\.com: incorrect username or password$/,
      ],
      ...loginUnknown,
      ['source.credential', source, 'ok', /^the credential of someone@example\.com$/],
      ['secret.version', secret, 'drift', /AWS holds another credential than the source/],
      ['github.drift', repository, 'drift', /another credential than the source’s was synced last/],
    ],
    mends: 'person',
    act: () => Promise.resolve(undefined),
  },
  {
    name: 'Docker Hub wants a personal access token',
    touches: ['hub.auth'],
    break: failing('docker-auth', login, { kind: 'pat-required' }),
    changes: [
      ['docker-hub.login', hub, 'drift', /takes no password here, since SSO or two-factor authentication/],
      ...loginUnknown,
    ],
    mends: 'person',
  },
  {
    name: 'Docker Hub refuses more logins',
    touches: ['hub.auth'],
    break: failing('docker-auth', login, { kind: 'throttle' }),
    changes: unanswered(/^Docker Hub refuses more logins (until|for now)/),
    mends: 'time',
  },
  {
    name: 'Docker Hub’s token server cuts connections',
    touches: ['hub.auth'],
    break: failing('docker-auth', login, { kind: 'reset' }),
    changes: unanswered(/^no answer from Docker Hub \(.*\): connection reset$/),
    mends: 'time',
  },
  {
    name: 'Docker Hub’s token server hangs',
    touches: ['hub.auth'],
    break: failing('docker-auth', login, { kind: 'hang' }, { flags: ['--timeout', '1'] }),
    changes: unanswered(/^no answer from Docker Hub \(.*\): timed out after 1 s$/),
    mends: 'time',
    alone: 'it takes its time',
  },
  {
    name: 'a page in HTML stands in for the token server',
    touches: ['hub.auth'],
    break: failing('docker-auth', login, { kind: 'html', status: 503 }),
    changes: unanswered(/answered the login with 503 \(text\/html\)$/),
    mends: 'time',
  },
  {
    name: 'Docker Hub’s API is down',
    touches: ['hub.api'],
    break: failing('docker-hub', hubLogin, { kind: 'error', status: 503 }),
    changes: [
      [
        'docker-hub.scope',
        hub,
        'unknowable',
        /^what the token may do is unknown: Docker Hub’s API answered 503$/,
      ],
    ],
    mends: 'time',
  },
  {
    name: 'Docker Hub’s registry is down',
    touches: ['hub.registry'],
    break: failing('docker-registry', manifest, { kind: 'error', status: 503 }),
    changes: [
      [
        'docker-hub.limit',
        hub,
        'unknowable',
        /^how many pulls are left is unknown: Docker Hub’s registry answered 503$/,
      ],
    ],
    mends: 'time',
  },
  {
    name: 'Docker Hub’s registry cuts connections',
    touches: ['hub.registry'],
    break: failing('docker-registry', manifest, { kind: 'reset' }),
    changes: [
      [
        'docker-hub.limit',
        hub,
        'unknowable',
        /^how many pulls are left is unknown: no answer from Docker Hub/,
      ],
    ],
    mends: 'time',
  },
]
