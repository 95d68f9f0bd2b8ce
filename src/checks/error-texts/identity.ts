import type { ErrorText } from './error-text.ts'

/** What AWS says of who calls. */
export const identityTexts = {
  'aws-session-expired': {
    symptom: 'ExpiredTokenException: The security token included in the request is expired',
    patterns: [/security token included in the request is expired/i, /ExpiredToken(?:Exception)?\b/i],
    causes: [
      {
        check: 'aws.identity',
        cause: 'the session with AWS has expired',
        fix: 'aws sso login',
      },
    ],
  },
  'aws-key-unknown': {
    symptom: 'UnrecognizedClientException: The security token included in the request is invalid',
    patterns: [/security token included in the request is invalid/i, /InvalidClientTokenId/i],
    causes: [
      {
        check: 'aws.identity',
        cause: 'AWS does not know the access key: it was deleted, or is one of another partition',
        fix: 'aws sts get-caller-identity',
      },
    ],
  },
  'aws-credentials-missing': {
    symptom: 'Unable to locate credentials',
    patterns: [
      /unable to locate credentials/i,
      /could not load credentials from any providers/i,
      /no valid credential sources/i,
      /NoCredentialProviders/i,
      /no EC2 IMDS role found/i,
    ],
    causes: [
      {
        check: 'aws.identity',
        cause: 'there are no credentials for AWS',
        fix: 'set AWS_PROFILE, or in GitHub Actions run aws-actions/configure-aws-credentials with permissions: id-token: write',
      },
    ],
  },
  // https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
  'aws-role-refused': {
    symptom: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    patterns: [/not authorized to perform:? sts:AssumeRole/i, /could not assume role with OIDC/i],
    causes: [
      {
        check: 'aws.identity',
        cause:
          'the role’s trust policy does not name this repository, branch or environment; repositories made since July 2026 have ids in the claim: repo:OWNER@ID/NAME@ID',
        fix: 'aws iam get-role --role-name ROLE, and compare the condition on token.actions.githubusercontent.com:sub',
      },
    ],
  },
  'not-authorized': {
    symptom: 'AccessDeniedException: is not authorized to perform',
    patterns: [/is not authorized to perform/i, /AccessDeniedException/i],
    general: true,
    causes: [
      {
        check: 'aws.identity',
        cause:
          'AWS knows the caller and does not allow the action; where the text says “explicit deny”, a policy forbids it',
        fix: 'allow the action that the text names to the caller’s role, or run it with the role that may: aws sts get-caller-identity',
      },
    ],
  },
} as const satisfies Readonly<Record<string, ErrorText>>
