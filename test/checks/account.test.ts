import { expect, test } from 'vitest'
import { type AccountContext, type AccountFacts, judgeAccount } from '../../src/checks/account.ts'
import { PullthroughError } from '../../src/errors.ts'

const caller = { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/dev', partition: 'aws' }
const denied = new PullthroughError('ERR_DENIED', 'AWS denies it', { hint: 'allow it' })
const unknownCaller = new PullthroughError('ERR_UNAUTHENTICATED', 'AWS does not accept these credentials')
const usual: AccountContext = { wanted: undefined, hasRules: true, hasValidated: false }

/** The two findings as `status: detail or cause`. */
function judged(facts: Partial<AccountFacts>, context: Partial<AccountContext> = {}) {
  const whole = { caller: { value: caller }, hasRole: { value: true }, ...facts }
  return judgeAccount(whole, { ...usual, ...context }).map(
    ({ id, status, detail, cause }) => `${id} ${status}: ${detail ?? cause ?? ''}`,
  )
}

const known = 'aws.identity ok: 123456789012, as arn:aws:iam::123456789012:user/dev'

test.each<
  readonly [title: string, Partial<AccountFacts>, Partial<AccountContext>, identity: string, role: string]
>([
  ['all is well', {}, {}, known, 'aws.role ok: '],
  ['the account is the wanted one', {}, { wanted: '123456789012' }, known, 'aws.role ok: '],
  [
    'the account is another',
    {},
    { wanted: '999999999999' },
    'aws.identity drift: these AWS credentials are of account 123456789012, not 999999999999 (arn:aws:iam::123456789012:user/dev)',
    'aws.role ok: ',
  ],
  [
    'nobody knows the caller',
    { caller: { error: unknownCaller }, hasRole: { error: unknownCaller } },
    {},
    'aws.identity denied: AWS does not accept these credentials',
    'aws.role skipped: AWS does not know the caller, see aws.identity',
  ],
  [
    'the role is not there, and rules are',
    { hasRole: { value: false } },
    {},
    known,
    'aws.role missing: the service-linked role AWSServiceRoleForECRPullThroughCache is not there',
  ],
  [
    'the role is not there, and no rule either',
    { hasRole: { value: false } },
    { hasRules: false },
    known,
    'aws.role skipped: ECR makes the role with the first cache rule',
  ],
  [
    'the role is not there, and the rules could not be listed',
    { hasRole: { value: false } },
    { hasRules: undefined },
    known,
    'aws.role skipped: the role is not there, and whether there are rules could not be asked',
  ],
  [
    'the role could not be asked for',
    { hasRole: { error: denied } },
    {},
    known,
    'aws.role denied: AWS denies it',
  ],
  [
    'the role could not be asked for, and ECR has used it',
    { hasRole: { error: denied } },
    { hasValidated: true },
    known,
    'aws.role ok: ECR has just read a secret with it',
  ],
])('%s', (_, facts, context, identity, role) => {
  expect(judged(facts, context)).toEqual([identity, role])
})
