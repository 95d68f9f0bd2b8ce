import { cause } from './cause.ts'

/** What can be wrong with the credential at Docker Hub, beside a login that is refused. */
export const dockerHubCauses = {
  'token-may-do-more': cause<{ scope: string }>({
    check: 'docker-hub.scope',
    status: 'warning',
    symptom: 'The token works, and can do more harm than it needs to if it leaks.',
    cause: ({ scope }) => `the token may do more than pull: its scope is ${scope}`,
    fix: () =>
      'make a token with "Public Repo Read-only" (or "Repo Read-only" for private images) at https://app.docker.com/settings/personal-access-tokens, put it into the source, and run: pullthrough sync',
    example: { scope: 'repo:admin' },
  }),
  'token-is-a-password': cause<object>({
    check: 'docker-hub.scope',
    status: 'warning',
    symptom: 'The login works with something that does not look like an access token.',
    cause: () => 'the token looks like a password, which opens the whole account',
    fix: () =>
      'make a token with "Public Repo Read-only" at https://app.docker.com/settings/personal-access-tokens, put it into the source, and run: pullthrough sync',
    example: {},
  }),
  'scope-unknown': cause<{ why: string }>({
    check: 'docker-hub.scope',
    status: 'unknowable',
    symptom: 'Docker Hub’s API does not tell what the token may do.',
    cause: ({ why }) => `what the token may do is unknown: ${why}`,
    fix: () => 'look at https://app.docker.com/settings/personal-access-tokens',
    example: { why: 'Docker Hub’s API answered 503' },
  }),
  'pulls-used-up': cause<{ rule: string }>({
    check: 'docker-hub.limit',
    status: 'drift',
    symptom:
      'New images cannot be pulled, cached ones can: `toomanyrequests: You have reached your pull rate limit`.',
    cause: ({ rule }) => `${rule}, and none is left now: whatever is not cached yet fails with 429`,
    fix: () => 'wait until the window is over, or upgrade that account: https://www.docker.com/pricing',
    example: { rule: 'Docker Hub lets sandbox pull 200 images in 6 h' },
  }),
  'pulls-run-low': cause<{ rule: string; remaining: number }>({
    check: 'docker-hub.limit',
    status: 'warning',
    symptom: 'Nothing fails yet.',
    cause: ({ rule, remaining }) => `${rule}, and only ${remaining} ${remaining === 1 ? 'is' : 'are'} left`,
    fix: () => 'pull less for a while, or upgrade that account: https://www.docker.com/pricing',
    example: { rule: 'Docker Hub lets sandbox pull 200 images in 6 h', remaining: 3 },
  }),
  'limit-unknown': cause<{ why: string }>({
    check: 'docker-hub.limit',
    status: 'unknowable',
    symptom: 'Docker Hub’s registry does not tell the pull limit.',
    cause: ({ why }) => `how many pulls are left is unknown: ${why}`,
    fix: () => 'run it again; see https://www.dockerstatus.com if it stays',
    example: { why: 'Docker Hub’s registry answered 503' },
  }),
} as const
