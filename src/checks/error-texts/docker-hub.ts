import type { ErrorText } from './error-text.ts'

const createToken =
  'create a personal access token with "Public Repo Read-only" (https://docs.docker.com/go/access-tokens), put it into the source, and run: pullthrough sync'

/** What Docker Hub says, to the client itself or through it. */
export const dockerHubTexts = {
  'pull-limit-unauthenticated': {
    symptom: 'You have reached your unauthenticated pull rate limit',
    patterns: [/unauthenticated pull rate limit/i],
    causes: [
      {
        check: 'image.client',
        cause: 'the image is pulled from Docker Hub itself and without a login, not through the cache',
        fix: 'pull the cached reference instead: ACCOUNT.dkr.ecr.REGION.amazonaws.com/docker-hub/PATH',
      },
    ],
  },
  'pull-limit': {
    symptom:
      'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading',
    patterns: [/reached your pull rate limit/i],
    causes: [
      {
        check: 'docker-hub.limit',
        cause: 'the account, or without a login the network address, has no pulls left',
        fix: 'wait until the window ends, or pull with the credential of an account with a paid plan',
      },
      {
        check: 'image.client',
        cause: 'the image is pulled from Docker Hub itself, not through the cache',
        fix: 'pull the cached reference instead: ACCOUNT.dkr.ecr.REGION.amazonaws.com/docker-hub/PATH',
      },
    ],
  },
  // https://docs.docker.com/docker-hub/usage/#abuse-rate-limit
  'abuse-limit': {
    symptom: '429 Too Many Requests, without a word about pulls',
    patterns: [
      /toomanyrequests: too many requests/i,
      /(?:docker\.io|docker\.com).{1,300}429 \(?Too Many Requests(?!.{0,100}pull rate limit)/i,
    ],
    causes: [
      {
        check: 'docker-hub.limit',
        cause: 'Docker Hub gets too many requests from this network address, whatever the plan',
        fix: 'wait some minutes, then run it again with fewer pulls at once',
      },
    ],
  },
  'login-incorrect': {
    symptom: 'unauthorized: incorrect username or password',
    patterns: [/incorrect username or password/i, /incorrect authentication credentials/i],
    causes: [
      {
        check: 'docker-hub.login',
        cause:
          'the username is not the Docker ID that owns the token, or the token was deleted or deactivated',
        fix: 'correct dockerHubUsername or dockerHubToken in the source, then run: pullthrough sync',
      },
    ],
  },
  'token-expired': {
    symptom: 'unauthorized: personal access token is expired',
    patterns: [/access token (?:is|has) expired/i],
    causes: [
      {
        check: 'docker-hub.login',
        cause: 'the token has expired, and with it even public images cannot be pulled',
        fix: createToken,
      },
    ],
  },
  'token-scope': {
    symptom: 'unauthorized: access token has insufficient scopes',
    patterns: [/access token has insufficient scopes?/i],
    causes: [
      {
        check: 'docker-hub.scope',
        cause: 'the token is valid, and something asks for more than it may: a push with a token for reading',
        fix: 'log in with a token that may write where images are pushed; the one of the cache should only read',
      },
    ],
  },
  'password-refused': {
    symptom: 'your account must log in with a Personal Access Token (PAT)',
    patterns: [/must log ?in with a personal access token/i, /require secondary authentication/i],
    causes: [
      {
        check: 'docker-hub.login',
        cause: 'the account takes no password here, since SSO or two-factor authentication is enforced',
        fix: createToken,
      },
    ],
  },
  'repository-refused': {
    symptom: 'pull access denied, repository does not exist or may require authorization',
    patterns: [
      /pull access denied/i,
      /insufficient_scope: authorization failed/i,
      /requested access to the resource is denied/i,
    ],
    general: true,
    causes: [
      {
        check: 'image.upstream',
        cause: 'the registry has no such repository, or the account may not see it: the answer is the same',
        fix: 'compare the name at https://hub.docker.com',
      },
      {
        check: 'docker-hub.scope',
        cause: 'the repository is private, and the token reads public ones only',
        fix: 'create a token with "Repo Read-only" (https://docs.docker.com/go/access-tokens), and run: pullthrough sync',
      },
    ],
  },
  'authentication-required': {
    symptom: 'unauthorized: authentication required',
    patterns: [/unauthorized: authentication required/i, /unable to retrieve auth token/i],
    general: true,
    causes: [
      {
        check: 'image.client',
        cause: 'whoever pulls is not logged in to the registry',
        fix: 'log in to the registry that the reference begins with: docker login, skopeo login or podman login',
      },
      {
        check: 'image.upstream',
        cause: 'the registry has no such repository, or the account may not see it: the answer is the same',
        fix: 'compare the name at https://hub.docker.com',
      },
    ],
  },
  'manifest-unknown': {
    symptom: 'manifest unknown',
    patterns: [/manifest unknown/i, /manifest for [^ ]{1,400} not found/i],
    general: true,
    causes: [
      {
        check: 'image.upstream',
        cause: 'the repository has no image with this tag or digest',
        fix: 'docker buildx imagetools inspect IMAGE',
      },
    ],
  },
} as const satisfies Readonly<Record<string, ErrorText>>
