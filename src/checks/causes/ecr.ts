import { cause } from './cause.ts'

/** A rule of one Region. */
interface Rule {
  readonly region: string
  readonly prefix: string
}

const rule: Rule = { region: 'us-east-1', prefix: 'docker-hub' }
const secretArn =
  'arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/docker-hub-a1b2c3'

const repoint = ({ region, prefix, secretArn }: Rule & { readonly secretArn: string }) =>
  `run: aws ecr update-pull-through-cache-rule --ecr-repository-prefix ${prefix} --credential-arn ${secretArn} --region ${region}`

const syncAndRepoint = ({ region }: Rule) =>
  `run: pullthrough sync --region ${region}, and then point the rule to the new ARN: pulumi up`

/** What can be wrong with the account, and with ECR’s rules, templates and quotas. */
export const ecrCauses = {
  'account-is-another': cause<{ account: string; wanted: string; arn: string }>({
    check: 'aws.identity',
    status: 'drift',
    symptom: 'Everything looks absent, since it is looked for in the wrong place.',
    cause: ({ account, wanted, arn }) =>
      `these AWS credentials are of account ${account}, not ${wanted} (${arn})`,
    fix: () => 'choose the profile of that account (AWS_PROFILE), or correct --account',
    example: { account: '999999999999', wanted: '123456789012', arn: 'arn:aws:iam::999999999999:user/dev' },
  }),
  'role-absent': cause<object>({
    check: 'aws.role',
    status: 'missing',
    symptom: 'ECR cannot read any upstream credential of the account, though the rules are there.',
    cause: () => 'the service-linked role AWSServiceRoleForECRPullThroughCache is not there',
    fix: () =>
      'run: aws iam create-service-linked-role --aws-service-name pullthroughcache.ecr.amazonaws.com',
    example: {},
  }),
  'rule-absent': cause<{ region: string; secretArn: string | undefined }>({
    check: 'rule.present',
    status: 'missing',
    symptom: 'docker: `repository … not found: name unknown: The repository with name … does not exist`.',
    cause: ({ region }) => `there is no pull-through cache rule for Docker Hub in ${region}`,
    fix: ({ region, secretArn }) =>
      secretArn === undefined
        ? `run: pullthrough sync --region ${region}, and then make the rule with pulumi up`
        : `run: pulumi up, or aws ecr create-pull-through-cache-rule --ecr-repository-prefix docker-hub --upstream-registry-url registry-1.docker.io --credential-arn ${secretArn} --region ${region}`,
    example: { region: 'us-east-1', secretArn },
  }),
  'rule-uses-another-secret': cause<Rule & { others: string; secretArn: string | undefined }>({
    check: 'rule.present',
    status: 'missing',
    symptom: 'A sync changes nothing for the builds: their rule reads another secret.',
    cause: ({ region, others }) => `no rule for Docker Hub in ${region} uses the secret: ${others}`,
    fix: ({ secretArn, ...rule }) =>
      secretArn === undefined ? syncAndRepoint(rule) : repoint({ ...rule, secretArn }),
    example: { ...rule, others: 'docker-hub uses ecr-pullthroughcache/old', secretArn },
  }),
  'rule-of-another-upstream': cause<Rule & { upstream: string }>({
    check: 'rule.upstream',
    status: 'drift',
    symptom: 'The rule sends the Docker Hub credential to a registry that does not know it.',
    cause: ({ prefix, upstream }) =>
      `the rule ${prefix} uses the Docker Hub secret, but its upstream is ${upstream}`,
    fix: ({ region, prefix }) =>
      `an upstream cannot be changed: aws ecr delete-pull-through-cache-rule --ecr-repository-prefix ${prefix} --region ${region}, and make it anew for registry-1.docker.io`,
    example: { ...rule, upstream: 'ghcr.io' },
  }),
  'rule-points-to-old-secret': cause<Rule & { credentialArn: string; secretArn: string }>({
    check: 'rule.credential',
    status: 'drift',
    symptom:
      'ECR: `SecretNotFoundException: The ARN of the secret specified in the pull through cache rule was not found`, though a secret of that name is there.',
    cause: ({ prefix, credentialArn }) =>
      `the rule ${prefix} points to ${credentialArn}, and the secret of that name has another ARN today`,
    fix: repoint,
    example: { ...rule, credentialArn: secretArn.replace('a1b2c3', 'ZyXwVu'), secretArn },
  }),
  'rule-points-to-no-secret': cause<Rule & { credentialArn: string }>({
    check: 'rule.credential',
    status: 'drift',
    symptom:
      'ECR: `SecretNotFoundException: The ARN of the secret specified in the pull through cache rule was not found`.',
    cause: ({ prefix, credentialArn }) =>
      `the rule ${prefix} points to ${credentialArn}, and there is no secret of that name`,
    fix: syncAndRepoint,
    example: { ...rule, credentialArn: secretArn },
  }),
  'rule-cannot-log-in': cause<Rule & { failure: string; because: string; remedy: string }>({
    check: 'rule.valid',
    status: 'drift',
    symptom:
      'docker: `denied: The authentication to the upstream registry failed. Verify that the credentials provided in the pull through cache rule are correct`. Tags that are cached already still pull, so that it stays unseen.',
    cause: ({ prefix, failure, because }) =>
      `ECR cannot log in to Docker Hub through the rule ${prefix}: ${because} (ECR says “${failure}”)`,
    fix: ({ remedy }) => remedy,
    example: {
      ...rule,
      failure: 'the upstream registry refused the credential',
      because: 'Docker Hub refuses the credential itself, see docker-hub.login',
      remedy: 'do what mends docker-hub.login',
    },
  }),
  'rule-vanished': cause<Rule>({
    check: 'rule.valid',
    status: 'missing',
    symptom: 'The rule was deleted while verify was under way.',
    cause: ({ prefix }) => `the rule ${prefix} was there a moment ago, and is not any more`,
    fix: () => 'run: pullthrough verify',
    example: rule,
  }),
  'template-needs-a-role': cause<Rule & { template: string }>({
    check: 'rule.template',
    status: 'drift',
    symptom: 'The first pull of each image fails; images whose repository is there already still pull.',
    cause: ({ template }) =>
      `the repository creation template ${template} sets tags or a KMS key and names no role for it, so ECR cannot make repositories`,
    fix: ({ region, template }) =>
      `run: aws ecr update-repository-creation-template --prefix ${template} --custom-role-arn ROLE --region ${region}`,
    example: { ...rule, template: 'docker-hub' },
  }),
  'template-freezes-tags': cause<Rule & { template: string }>({
    check: 'rule.template',
    status: 'warning',
    symptom: 'A tag that has moved at Docker Hub (`latest`, `12`) stays as it was first pulled.',
    cause: ({ template }) =>
      `the repository creation template ${template} makes tags immutable, so that cached tags are never refreshed`,
    fix: ({ region, template }) =>
      `run: aws ecr update-repository-creation-template --prefix ${template} --image-tag-mutability MUTABLE --region ${region}`,
    example: { ...rule, template: 'docker-hub' },
  }),
  'rules-run-short': cause<{ region: string; count: number; most: number }>({
    check: 'rule.quota',
    status: 'warning',
    symptom: '`LimitExceededException` when a stack makes its rule.',
    cause: ({ region, count, most }) =>
      `${region} has ${count} of ${most} pull-through cache rules, and AWS does not raise that number`,
    fix: () => 'let stacks share a rule, or delete rules that nothing uses',
    example: { region: 'us-east-1', count: 50, most: 50 },
  }),
} as const
