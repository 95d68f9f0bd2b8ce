export { PullThroughCache } from './pull-through-cache.ts'
export type { PullThroughCacheArgs } from './pull-through-cache-args.ts'
export type { RepositoriesArgs } from './repositories.ts'
export { refuseSecretValue } from '../policy/refuse-secret-value.ts'
