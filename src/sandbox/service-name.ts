/** The names that `/requests` and `/faults` use. */
export const serviceNames = [
  'sts',
  'secretsmanager',
  'ecr',
  'ecr-registry',
  'iam',
  'github',
  'docker-auth',
  'docker-registry',
  'docker-hub',
] as const

export type ServiceName = (typeof serviceNames)[number]
