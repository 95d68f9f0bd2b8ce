import { cause } from './cause.ts'

/** What can be wrong between a workflow’s secrets and AWS. */
export const workflowCauses = {
  'workflow-has-another-credential': cause<object>({
    check: 'workflow.credential',
    status: 'drift',
    symptom: 'Logins of the workflow work and pulls through the cache do not, or the other way round.',
    cause: () =>
      'this workflow got another credential from GitHub than AWS holds: one of the two was written without the other',
    fix: () => 'where the source is (Pulumi config), run: pullthrough sync',
    example: {},
  }),
} as const
