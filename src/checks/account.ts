import type { Caller } from '../aws/caller.ts'
import { found } from './causes/cause.ts'
import { ecrCauses } from './causes/ecr.ts'
import { type Answered, failed, type Finding, ok, skipped } from './finding.ts'

/** What is the same for all Regions of an account. */
export interface AccountFacts {
  readonly caller: Answered<Caller>
  readonly hasRole: Answered<boolean>
}

/** What the findings about an account hang on besides its own answers. */
export interface AccountContext {
  /** The account that it should be, if one was asked for. */
  readonly wanted: string | undefined
  /** Whether any Region has a cache rule, if that could be asked; ECR makes its role with the first. */
  readonly hasRules: boolean | undefined
  /** Whether ECR has just read the secret of any Region. */
  readonly hasValidated: boolean
}

const target = 'AWS account'

/** Who the caller is, and whether ECR has its role. */
export function judgeAccount(
  { caller, hasRole }: AccountFacts,
  { wanted, hasRules, hasValidated }: AccountContext,
): readonly Finding[] {
  return [judgeIdentity(caller, wanted), judgeRole(hasRole, hasRules, hasValidated)]
}

function judgeIdentity(caller: Answered<Caller>, wanted: string | undefined): Finding {
  if (caller.error) return failed('aws.identity', target, caller.error)
  const { account, arn } = caller.value
  if (wanted !== undefined && account !== wanted) {
    return found(ecrCauses['account-is-another'], target, { account, wanted, arn })
  }
  return ok('aws.identity', target, `${account}, as ${arn}`)
}

function judgeRole(
  hasRole: Answered<boolean>,
  hasRules: boolean | undefined,
  hasValidated: boolean,
): Finding {
  if (hasRole.value) return ok('aws.role', target)
  if (hasValidated) return ok('aws.role', target, 'ECR has just read a secret with it')
  if (hasRole.error) {
    return hasRole.error.code === 'ERR_UNAUTHENTICATED'
      ? skipped('aws.role', target, 'AWS does not know the caller, see aws.identity')
      : failed('aws.role', target, hasRole.error)
  }
  if (hasRules === undefined) {
    return skipped(
      'aws.role',
      target,
      'the role is not there, and whether there are rules could not be asked',
    )
  }
  return hasRules
    ? found(ecrCauses['role-absent'], target, {})
    : skipped('aws.role', target, 'ECR makes the role with the first cache rule')
}
