import type { ErrorText } from './error-text.ts'

/** What Secrets Manager says of the secret, and ECR of the secret of a rule. */
export const secretTexts = {
  'secret-exists': {
    symptom: 'ResourceExistsException: the secret already exists',
    patterns: [
      /the secret .{1,600} already exists/i,
      /ResourceExistsException(?!.{0,80}ClientRequestToken)/i,
    ],
    causes: [
      {
        check: 'secret.owner',
        cause: 'a stack makes the secret that sync has made already, and that all stacks share',
        fix: 'refer to it in the stack’s program instead of creating it: aws.secretsmanager.getSecret({ name: "ecr-pullthroughcache/docker-hub" })',
      },
    ],
  },
  'secret-scheduled-for-deletion': {
    symptom: 'a secret with this name is already scheduled for deletion',
    patterns: [
      /already scheduled for deletion/i,
      /it was marked for deletion/i,
      /secret that's currently marked deleted/i,
    ],
    causes: [
      {
        check: 'secret.present',
        cause: 'the secret was deleted, and its name is kept until the recovery window ends',
        fix: 'pullthrough sync --restore',
      },
    ],
  },
  'secret-without-value': {
    symptom: 'can’t find the specified secret value for staging label: AWSCURRENT',
    patterns: [/can't find the specified secret value/i, /version "?AWSCURRENT"? not found/i],
    causes: [
      {
        check: 'secret.version',
        cause: 'the secret is there, and nothing was put into it',
        fix: 'pullthrough sync --region REGION',
      },
    ],
  },
  'secret-missing': {
    symptom: 'ResourceNotFoundException: Secrets Manager can’t find the specified secret',
    patterns: [
      /can't find the specified secret(?! value)/i,
      /Secrets? ?Manager Secret .{0,300}couldn't find resource/i,
      /secretsmanager\/getSecret.{0,300}(?:couldn't find resource|empty result)/i,
      /secret not found/i,
    ],
    causes: [
      {
        check: 'secret.present',
        cause: 'the secret was not made in this account and Region yet',
        fix: 'pullthrough sync --region REGION',
      },
      {
        check: 'aws.identity',
        cause: 'the secret is in another account or Region than the one that is asked',
        fix: 'aws sts get-caller-identity, and compare aws:region in the stack’s config',
      },
    ],
  },
  'secret-not-found-by-ecr': {
    symptom:
      'SecretNotFoundException: The ARN of the secret specified in the pull through cache rule was not found',
    patterns: [/SecretNotFoundException/i, /secret specified in the pull through cache rule was not found/i],
    causes: [
      {
        check: 'rule.credential',
        cause:
          'the rule points to a secret that was deleted: one made again under the same name has another ARN',
        fix: 'aws ecr update-pull-through-cache-rule --ecr-repository-prefix PREFIX --credential-arn ARN --region REGION',
      },
      {
        check: 'secret.present',
        cause:
          'the secret is not in the account and Region of the rule, or was made seconds ago and ECR does not see it yet',
        fix: 'pullthrough sync --region REGION, and half a minute later run it again',
      },
    ],
  },
  'secret-inaccessible': {
    symptom: 'UnableToAccessSecretException: The secret is unable to be accessed',
    patterns: [/UnableToAccessSecretException/i, /the secret is unable to be accessed/i],
    causes: [
      {
        check: 'policy.denial',
        cause: 'the secret’s resource policy shuts ECR out',
        fix: 'pullthrough sync --region REGION',
      },
    ],
  },
  'secret-undecryptable': {
    symptom: 'UnableToDecryptSecretValueException: The secret is accessible but is unable to be decrypted',
    patterns: [
      /UnableToDecryptSecretValueException/i,
      /accessible but is unable to be decrypted/i,
      /Access to KMS is not allowed/i,
    ],
    causes: [
      {
        check: 'secret.key',
        cause: 'the secret is encrypted with a customer managed key, which ECR does not support',
        fix: 'aws secretsmanager update-secret --secret-id ecr-pullthroughcache/docker-hub --kms-key-id alias/aws/secretsmanager --region REGION',
      },
    ],
  },
  'secret-read-denied': {
    symptom: 'not authorized to perform: secretsmanager:GetSecretValue',
    patterns: [/not authorized to perform:? secretsmanager:GetSecretValue/i],
    causes: [
      {
        check: 'policy.meaning',
        cause:
          'the secret’s policy denies the value to all but ECR and the readers on its list, as it should',
        fix: 'if the caller must read it: pullthrough sync --reader ARN, with all readers; a stack needs DescribeSecret alone',
      },
      {
        check: 'aws.identity',
        cause: 'no policy allows the caller to read the value',
        fix: 'allow secretsmanager:GetSecretValue to the caller’s role, if it must read it at all',
      },
    ],
  },
  'policy-public': {
    symptom: 'PublicPolicyException: the resource policy did not prevent broad access to the secret',
    patterns: [/PublicPolicyException/i, /did not prevent broad access to the secret/i],
    causes: [
      {
        check: 'policy.public',
        cause: 'a statement of the secret’s policy lets everybody in',
        fix: 'aws secretsmanager get-resource-policy --secret-id ecr-pullthroughcache/docker-hub, and take that statement out',
      },
    ],
  },
  'policy-malformed': {
    symptom: 'MalformedPolicyDocumentException',
    patterns: [/MalformedPolicyDocument(?:Exception)?/i, /policy contains an unsupported principal/i],
    causes: [
      {
        check: 'policy.meaning',
        cause: 'the policy names a role or user that is not there, or is not of the form of a policy',
        fix: 'aws iam get-role --role-name NAME for each role that is named as a reader',
      },
    ],
  },
  'resource-missing': {
    symptom: 'ResourceNotFoundException, couldn’t find resource',
    patterns: [/ResourceNotFoundException/i, /couldn't find resource/i],
    general: true,
    causes: [
      {
        check: 'secret.present',
        cause:
          'what was looked up is not in this account and Region; if that is the secret, sync has not made it there yet',
        fix: 'pullthrough sync --region REGION',
      },
      {
        check: 'aws.identity',
        cause: 'it is in another account or Region than the one that is asked',
        fix: 'aws sts get-caller-identity, and compare aws:region in the stack’s config',
      },
    ],
  },
} as const satisfies Readonly<Record<string, ErrorText>>
