import { cause } from './cause.ts'

/** A secret of one Region. */
interface Place {
  readonly region: string
  readonly name: string
}

const place: Place = { region: 'us-east-1', name: 'ecr-pullthroughcache/docker-hub' }

const syncFixes = () => 'run: pullthrough sync'

/** What can be wrong with the secret in Secrets Manager, and with its resource policy. */
export const secretCauses = {
  'secret-absent': cause<Place>({
    check: 'secret.present',
    status: 'missing',
    symptom:
      'Pulumi: `couldn’t find resource`; AWS: `ResourceNotFoundException: Secrets Manager can’t find the specified secret`; ECR: `SecretNotFoundException`.',
    cause: ({ region, name }) => `there is no secret ${name} in ${region}, so ECR has no credential there`,
    fix: ({ region }) => `run: pullthrough sync --region ${region}`,
    example: place,
  }),
  'secret-scheduled-for-deletion': cause<Place & { deletedDate: string }>({
    check: 'secret.present',
    status: 'drift',
    symptom:
      '`InvalidRequestException: You can’t perform this operation on the secret because it was marked for deletion`; `ResourceExistsException` does not come until the recovery window is over.',
    cause: ({ region, name, deletedDate }) =>
      `the secret ${name} in ${region} is scheduled for deletion (DeletedDate ${deletedDate}), so nobody can read it`,
    fix: ({ region }) => `run: pullthrough sync --restore --region ${region}`,
    example: { ...place, deletedDate: '2026-12-01T00:00:00.000Z' },
  }),
  'secret-under-customer-key': cause<Place & { kmsKeyId: string }>({
    check: 'secret.key',
    status: 'drift',
    symptom: 'ECR: `UnableToDecryptSecretValueException`.',
    cause: ({ kmsKeyId }) =>
      `the secret is encrypted with ${kmsKeyId}, and ECR takes the AWS managed key only`,
    fix: ({ region, name }) =>
      `run: aws secretsmanager update-secret --secret-id ${name} --kms-key-id alias/aws/secretsmanager --region ${region}`,
    example: {
      ...place,
      kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    },
  }),
  'secret-holds-another-credential': cause<object>({
    check: 'secret.version',
    status: 'drift',
    symptom: 'The source was changed and not synced; ECR still logs in with the credential from before.',
    cause: () => 'AWS holds another credential than the source: the source’s was never written here',
    fix: syncFixes,
    example: {},
  }),
  'secret-went-back': cause<object>({
    check: 'secret.version',
    status: 'drift',
    symptom: 'The secret was put back to an earlier version, or a later one was written elsewhere.',
    cause: () => 'the source’s credential is in the secret, but AWSCURRENT is on another version',
    fix: syncFixes,
    example: {},
  }),
  'secret-of-another-hand': cause<object>({
    check: 'secret.version',
    status: 'drift',
    symptom: 'Somebody made the secret, or wrote a new value, without pullthrough.',
    cause: () =>
      'the secret’s current version was written by another hand, so whether it is the source’s credential, and of the form that ECR reads, is not known',
    fix: () => 'run: pullthrough sync (it adopts the secret and writes the source’s credential)',
    example: {},
  }),
  'secret-without-value': cause<object>({
    check: 'secret.labels',
    status: 'missing',
    symptom:
      '`ResourceNotFoundException: Secrets Manager can’t find the specified secret value for staging label: AWSCURRENT`.',
    cause: () => 'the secret has no current value: no version has AWSCURRENT',
    fix: syncFixes,
    example: {},
  }),
  'secret-rotation-pending': cause<Place & { version: string }>({
    check: 'secret.labels',
    status: 'warning',
    symptom: 'A rotation was begun and not finished.',
    cause: ({ version }) =>
      `AWSPENDING is on version ${version}: a rotation was not finished, and ECR reads AWSCURRENT`,
    fix: ({ region, name, version }) =>
      `finish that rotation, or run: aws secretsmanager update-secret-version-stage --secret-id ${name} --version-stage AWSPENDING --remove-from-version-id ${version} --region ${region}`,
    example: { ...place, version: '11111111-2222-8333-8444-555555555555' },
  }),
  'secret-untagged': cause<object>({
    check: 'secret.owner',
    status: 'drift',
    symptom: 'Somebody removed the tag, or made the secret without pullthrough.',
    cause: () => 'the secret lacks the tag managed-by=pullthrough, so another tool may take it for its own',
    fix: syncFixes,
    example: {},
  }),
  'secret-of-another-tool': cause<{ owner: string }>({
    check: 'secret.owner',
    status: 'drift',
    symptom:
      'Two owners: `ResourceExistsException` in one of them, or a value that changes back and forth. `pullthrough sync` refuses to write.',
    cause: ({ owner }) => `the secret belongs to ${owner}, and sync does not write to what is another’s`,
    fix: () =>
      'let one tool own it: remove it there without deleting the secret, remove that tag, and run: pullthrough sync',
    example: { owner: 'another tool (tag pulumi:project=acme)' },
  }),
  'secret-is-a-replica': cause<{ primaryRegion: string }>({
    check: 'secret.owner',
    status: 'warning',
    symptom: 'The value comes from another Region, and cannot be written here.',
    cause: ({ primaryRegion }) => `the secret is a replica: its value comes from ${primaryRegion}`,
    fix: ({ primaryRegion }) => `sync the primary: pullthrough sync --region ${primaryRegion}`,
    example: { primaryRegion: 'us-east-1' },
  }),
  'policy-absent': cause<object>({
    check: 'policy.meaning',
    status: 'missing',
    symptom: 'Nothing fails: everybody in the account whose own policy allows it can read the token.',
    cause: () => 'the secret has no resource policy, so more than ECR may read the token',
    fix: syncFixes,
    example: {},
  }),
  'policy-differs': cause<{ because: string }>({
    check: 'policy.meaning',
    status: 'drift',
    symptom: 'Somebody edited the policy, or the readers that are asked for have changed.',
    cause: ({ because }) => `the resource policy is not what it should be: ${because}`,
    fix: syncFixes,
    example: { because: 'PullthroughDenyOtherReaders is missing' },
  }),
  'policy-has-other-statements': cause<{ statements: string }>({
    check: 'policy.meaning',
    status: 'warning',
    symptom: 'Somebody added statements of their own; sync keeps them.',
    cause: ({ statements }) => `the resource policy has more than ours: ${statements}`,
    fix: () => 'see that they are wanted; sync keeps them',
    example: { statements: 'statement AllowAuditors' },
  }),
  'policy-is-public': cause<Place & { statement: string }>({
    check: 'policy.public',
    status: 'drift',
    symptom:
      '`PublicPolicyException` when the policy is written; before that, whoever knows the ARN may read the token.',
    cause: ({ statement }) =>
      `the policy’s ${statement} allows everybody, and no condition ties it to anybody`,
    fix: ({ region, name }) =>
      `take it out: aws secretsmanager put-resource-policy --secret-id ${name} --resource-policy file://POLICY --block-public-policy --region ${region}`,
    example: { ...place, statement: 'statement Everyone' },
  }),
  'policy-shuts-ecr-out': cause<{ statement: string; role: string }>({
    check: 'policy.denial',
    status: 'drift',
    symptom: 'ECR: `UnableToAccessSecretException: The secret is unable to be accessed`.',
    cause: ({ statement }) => `the policy’s ${statement} denies ECR’s role the reading of the secret`,
    fix: ({ role }) =>
      `exempt it there: "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "${role}"}}; sync keeps statements that are not its own`,
    example: {
      statement: 'statement OnlyFromOurVpc',
      role: 'arn:aws:iam::123456789012:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache',
    },
  }),
  'policy-may-shut-ecr-out': cause<{ statement: string }>({
    check: 'policy.denial',
    status: 'unknowable',
    symptom: 'A Deny with conditions that only AWS can decide.',
    cause: ({ statement }) =>
      `whether the policy’s ${statement} shuts ECR out hangs on conditions that cannot be decided here, and no rule’s validation tells`,
    fix: () => 'make the cache rule, and run: pullthrough verify',
    example: { statement: 'statement OnlyOurOrganization' },
  }),
} as const
