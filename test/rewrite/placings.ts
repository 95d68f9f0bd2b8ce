import { usualRules } from '../../src/ecr/usual-rules.ts'
import { argPlacing, directPlacing, reversePlacing } from '../../src/engine/placing.ts'

/** The cache that the tests write: all usual rules, in one account and Region. */
export const cache = {
  region: 'us-east-1',
  account: '123456789012',
  rules: usualRules(new Map()),
  prefixes: new Map<string, string>(),
  isAsked: false,
}

export const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

/** Docker Hub alone gets a variable. */
export const arg = argPlacing(['docker.io'])
export const direct = directPlacing(cache)
export const back = reversePlacing([], cache)
