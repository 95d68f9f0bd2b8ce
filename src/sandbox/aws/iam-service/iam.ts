import type { Clock } from '../../clock.ts'
import type { Fault } from '../../fault.ts'
import type { Answer, Exchange, Operation } from '../../service.ts'
import { authenticate, claimedArn } from '../authentication.ts'
import { AuthenticationFailure, queryAuthenticationRefusal } from '../authentication-failure.ts'
import type { Identities } from '../identities.ts'
import { notImplemented } from '../not-implemented.ts'
import { ServiceError } from '../service-error.ts'
import type { ServiceLinkedRoles } from '../service-linked-roles.ts'
import type { Shape, StructureShape, ValueOf } from '../shape.ts'
import { namespaces, type Refusal, xmlRefusal, xmlSuccess } from '../wire.ts'
import { forbidden } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { createServiceLinkedRole, createServiceLinkedRoleShape } from './create-service-linked-role.ts'
import { readForm } from './form-input.ts'
import { getRole, getRoleShape } from './get-role.ts'
import { isIamOperation } from './operation-names.ts'
import { simulatePrincipalPolicy, simulatePrincipalPolicyShape } from './simulate-principal-policy.ts'

/** What IAM is made of. */
export interface IamWorld {
  readonly clock: Clock
  readonly identities: Identities
  readonly serviceLinkedRoles: ServiceLinkedRoles
}

/** Recognise a call of IAM, which speaks the query protocol: a form that names an `Action`. */
export function recogniseIam(exchange: Exchange, form: URLSearchParams, world: IamWorld): Operation {
  const name = form.get('Action') ?? ''
  const definition = Object.hasOwn(operations, name) ? operations[name] : undefined
  return {
    service: 'iam',
    name,
    mutating: definition?.mutating ?? false,
    perform: () => answer(() => run(exchange, { name, definition, form, world })),
    refuse: (fault) =>
      answer(() => {
        throw faultError(fault, { exchange, name, identities: world.identities })
      }),
  }
}

interface Definition {
  readonly mutating: boolean
  perform(form: URLSearchParams, call: Call): Output
}

const operations: Readonly<Record<string, Definition>> = {
  GetRole: define(getRoleShape, getRole, { mutating: false }),
  SimulatePrincipalPolicy: define(simulatePrincipalPolicyShape, simulatePrincipalPolicy, { mutating: false }),
  CreateServiceLinkedRole: define(createServiceLinkedRoleShape, createServiceLinkedRole, { mutating: true }),
}

function define<S extends StructureShape<Readonly<Record<string, Shape>>, string>>(
  shape: S,
  perform: (call: Call, input: ValueOf<S>) => Output,
  { mutating }: { readonly mutating: boolean },
): Definition {
  return { mutating, perform: (form, call) => perform(call, readForm(shape, form)) }
}

function run(
  exchange: Exchange,
  {
    name,
    definition,
    form,
    world: { clock, identities, serviceLinkedRoles },
  }: {
    readonly name: string
    readonly definition: Definition | undefined
    readonly form: URLSearchParams
    readonly world: IamWorld
  },
): Answer {
  if (!definition) {
    if (isIamOperation(name)) throw notImplemented(`iam ${name}`)
    throw new ServiceError('InvalidAction', `Could not find operation ${name} for version 2010-05-08`)
  }
  const { caller } = authenticate(exchange, 'iam', identities)
  const call: Call = { operation: name, caller, now: clock.now(), identities, serviceLinkedRoles }
  return xmlSuccess(namespaces.iam, name, definition.perform(form, call))
}

function answer(output: () => Answer): Answer {
  try {
    return output()
  } catch (error) {
    return xmlRefusal(namespaces.iam, refusalOf(error))
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof ServiceError) return error
  if (error instanceof AuthenticationFailure) return queryAuthenticationRefusal(error)
  throw error
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
function faultError(
  fault: Fault,
  {
    exchange,
    name,
    identities,
  }: { readonly exchange: Exchange; readonly name: string; readonly identities: Identities },
): Error {
  switch (fault.kind) {
    case 'throttle':
      return new ServiceError('Throttling', 'Rate exceeded')
    case 'deny':
      return forbidden(
        `User: ${claimedArn(exchange, identities)} is not authorized to perform: iam:${name} because no identity-based policy allows the iam:${name} action`,
      )
    case 'expired-token':
      return new AuthenticationFailure('expired-token')
    case 'error':
    default:
      return new ServiceError('ServiceFailure', 'An error occurred on the server side.', fault.status ?? 500)
  }
}
