import type { EvaluationResult, IAMClient } from '@aws-sdk/client-iam'
import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import { askAws } from './ask.ts'
import type { Caller } from './caller.ts'
import { clientConfig, watchRequests } from './client.ts'
import { iamRegion } from './service-linked-role.ts'

/** What somebody’s own policies say of one action. */
export type Decision =
  | { readonly answer: 'allowed' | 'not-allowed' | 'denied' }
  /** It hangs on condition keys that a simulation does not know, such as `aws:SourceIp`. */
  | { readonly answer: 'unknown'; readonly keys: readonly string[] }

/** What a caller’s own policies allow. */
export interface Permissions {
  /** The user or role whose policies were asked; for a session, its role with its path. */
  readonly principalArn: string
  /** By action. */
  readonly decisions: ReadonlyMap<string, Decision>
}

/** Actions on one resource; none for those that know no resource. */
export interface ActionsOnResource {
  readonly actions: readonly string[]
  readonly resource?: string
}

/**
 * Let IAM simulate what the caller’s own policies allow. Nothing is done. Policies of resources, of the session and of
 * VPC endpoints are no part of it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 *
 * @throws {@link PullthroughError} `ERR_STATE` for a caller whose policies cannot be simulated; else as `askAws` does.
 */
export async function simulatePermissions(
  caller: Caller,
  wanted: readonly ActionsOnResource[],
  world: World,
): Promise<Permissions> {
  const sdk = await import('@aws-sdk/client-iam')
  const region = iamRegion(caller.partition)
  const client = new sdk.IAMClient(clientConfig('IAM', region, world))
  watchRequests(client, world)
  const principalArn = await principalOf(caller, { client, sdk, region }, world)
  const answers = await Promise.all(
    wanted.map(async ({ actions, resource }) => {
      const command = new sdk.SimulatePrincipalPolicyCommand({
        PolicySourceArn: principalArn,
        ActionNames: [...actions],
        ...(resource === undefined ? {} : { ResourceArns: [resource] }),
      })
      const answer = await askAws(
        client.send(command, { abortSignal: world.signal }),
        { service: 'iam', operation: 'SimulatePrincipalPolicy', region },
        world,
        'NoSuchEntityException',
      )
      if (!answer) throw notSimulated(`IAM does not find ${principalArn}`)
      return answer.EvaluationResults ?? []
    }),
  )
  return {
    principalArn,
    decisions: new Map(
      answers.flat().map((result) => [result.EvalActionName ?? '', decisionOf(result)] as const),
    ),
  }
}

type Sdk = typeof import('@aws-sdk/client-iam')

/** The ARN of a session does not tell the path of its role: IAM does. */
async function principalOf(
  { arn }: Caller,
  { client, sdk, region }: { readonly client: IAMClient; readonly sdk: Sdk; readonly region: string },
  world: World,
): Promise<string> {
  if (/^arn:[\w-]+:iam::\d+:(?:user|role)\//.test(arn)) return arn
  const [, roleName] = /^arn:[\w-]+:sts::\d+:assumed-role\/([^/]+)\//.exec(arn) ?? []
  if (roleName === undefined) throw notSimulated(`IAM simulates users and roles, and ${arn} is neither`)
  const found = await askAws(
    client.send(new sdk.GetRoleCommand({ RoleName: roleName }), { abortSignal: world.signal }),
    { service: 'iam', operation: 'GetRole', region },
    world,
    'NoSuchEntityException',
  )
  const roleArn = found?.Role?.Arn
  if (roleArn === undefined) throw notSimulated(`IAM does not find the role ${roleName}`)
  return roleArn
}

function notSimulated(reason: string): PullthroughError {
  return new PullthroughError('ERR_STATE', reason)
}

/** Where the resource was named, only the result for it counts. A refusal may hang on keys that are not known. */
function decisionOf({
  EvalDecision,
  MissingContextValues = [],
  ResourceSpecificResults: [specific] = [],
}: EvaluationResult): Decision {
  const decision = specific?.EvalResourceDecision ?? EvalDecision
  if (decision === 'allowed') return { answer: 'allowed' }
  const keys = specific?.MissingContextValues ?? MissingContextValues
  if (keys.length > 0) return { answer: 'unknown', keys }
  return { answer: decision === 'explicitDeny' ? 'denied' : 'not-allowed' }
}
