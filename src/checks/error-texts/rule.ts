import type { ErrorText } from './error-text.ts'

/**
 * What ECR says of a rule, and IAM of the role that comes with the first.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
export const ruleTexts = {
  'rule-exists': {
    symptom: 'PullThroughCacheRuleAlreadyExistsException',
    patterns: [
      /PullThroughCacheRuleAlreadyExists/i,
      /pull through cache rule with these settings already exists/i,
    ],
    causes: [
      {
        check: 'rule.present',
        cause:
          'a rule with this prefix is in this account and Region already: another stack’s, or made by hand',
        fix: 'give this stack a prefix of its own; or use the rule of the other stack (PullThroughCache: existing: true); or take over one that was made by hand (adopt: true)',
      },
    ],
  },
  'rule-missing': {
    symptom: 'PullThroughCacheRuleNotFoundException',
    patterns: [/PullThroughCacheRuleNotFound/i, /(?<!in )the pull through cache rule was not found/i],
    causes: [
      {
        check: 'rule.present',
        cause: 'no rule has this prefix in this account and Region',
        fix: 'pulumi up, for the stack that makes the rule',
      },
    ],
  },
  'rule-without-credential': {
    symptom: 'The specified upstream registry requires authentication. Specify a valid Secrets Manager ARN',
    patterns: [/upstream registry requires authentication/i],
    causes: [
      {
        check: 'rule.credential',
        cause: 'a rule for this upstream needs a secret, even for public images',
        fix: 'give the rule the secret’s ARN: credentialArn: aws.secretsmanager.getSecret({ name: "ecr-pullthroughcache/docker-hub" })',
      },
    ],
  },
  'rule-upstream': {
    symptom: 'UnsupportedUpstreamRegistryException',
    patterns: [
      /specified upstream registry isn't supported/i,
      /UnsupportedUpstreamRegistryException(?!.{0,100}requires authentication)/i,
    ],
    causes: [
      {
        check: 'rule.upstream',
        cause: 'ECR does not know the upstream’s URL: Docker Hub’s is registry-1.docker.io, not docker.io',
        fix: 'set upstreamRegistryUrl to registry-1.docker.io',
      },
      {
        check: 'rule.credential',
        cause: 'the rule has no secret, which this upstream needs',
        fix: 'give the rule the secret’s ARN as credentialArn',
      },
    ],
  },
  // https://github.com/pulumi/pulumi-aws/issues/5714
  'rule-update-empty': {
    symptom: 'Please set either credential arn or role arn to update the credential',
    patterns: [/set either credential arn or role arn/i],
    causes: [
      {
        check: 'rule.credential',
        cause: 'of a rule only its credential can be changed, and this change sets none',
        fix: 'pulumi up --replace URN, with the URN of the rule',
      },
    ],
  },
  'rule-not-allowed': {
    symptom: 'not authorized to perform: ecr:CreatePullThroughCacheRule',
    patterns: [
      /not authorized to perform:? ecr:(?:Create|Describe|Update|Delete|Validate)PullThroughCacheRules?/i,
    ],
    causes: [
      {
        check: 'rule.present',
        cause: 'the caller may not do this with rules',
        fix: 'allow the action that the text names to the caller’s role; a registry policy cannot grant it',
      },
    ],
  },
  'role-not-allowed': {
    symptom: 'not authorized to perform: iam:CreateServiceLinkedRole',
    patterns: [/not authorized to perform:? iam:CreateServiceLinkedRole/i],
    causes: [
      {
        check: 'aws.role',
        cause: 'the first rule of an account makes ECR’s service-linked role, and the caller may not',
        fix: 'aws iam create-service-linked-role --aws-service-name pullthroughcache.ecr.amazonaws.com, by an administrator',
      },
    ],
  },
  'role-exists': {
    symptom: 'Service role name AWSServiceRoleForECRPullThroughCache has been taken in this account',
    patterns: [/AWSServiceRoleForECRPullThroughCache.{0,80}has been taken/i],
    causes: [
      {
        check: 'aws.role',
        cause: 'ECR made the service-linked role already, with the account’s first rule',
        fix: 'take the role out of the stack’s program: ECR makes it where it is missing',
      },
    ],
  },
  'rule-quota': {
    symptom: 'LimitExceededException',
    patterns: [/LimitExceededException/i],
    general: true,
    causes: [
      {
        check: 'rule.quota',
        cause: 'the Region has 50 rules, the quota, if it was a rule that should be made',
        fix: 'aws ecr describe-pull-through-cache-rules --region REGION, and delete one that nothing uses',
      },
    ],
  },
} as const satisfies Readonly<Record<string, ErrorText>>
