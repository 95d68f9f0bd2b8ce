import type { ServiceRequest, ServiceWorld } from '../aws-service.ts'
import { queryService } from '../query-service.ts'
import type { ServiceLinkedRoles } from '../service-linked-roles.ts'
import type { Shape, StructureShape, ValueOf } from '../shape.ts'
import { forbidden } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { createServiceLinkedRole, createServiceLinkedRoleShape } from './create-service-linked-role.ts'
import { readForm } from './form-input.ts'
import { getRole, getRoleShape } from './get-role.ts'
import { isIamOperation } from './operation-names.ts'
import { simulatePrincipalPolicy, simulatePrincipalPolicyShape } from './simulate-principal-policy.ts'

/** What IAM is made of. */
export interface IamWorld extends ServiceWorld {
  readonly serviceLinkedRoles: ServiceLinkedRoles
}

/** Recognise a call of IAM. */
export const recogniseIam = queryService<IamWorld>('2010-05-08', {
  name: 'iam',
  reads: {
    GetRole: operation(getRoleShape, getRole),
    SimulatePrincipalPolicy: operation(simulatePrincipalPolicyShape, simulatePrincipalPolicy),
  },
  writes: {
    CreateServiceLinkedRole: operation(createServiceLinkedRoleShape, createServiceLinkedRole),
  },
  isUndone: isIamOperation,
  denied: ({ callerArn, operation }) =>
    forbidden(
      `User: ${callerArn} is not authorized to perform: iam:${operation} because no identity-based policy allows the iam:${operation} action`,
    ),
  // https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
  serverError: { code: 'ServiceFailure', message: 'An error occurred on the server side.' },
})

function operation<S extends StructureShape<Readonly<Record<string, Shape>>, string>>(
  shape: S,
  perform: (call: Call, input: ValueOf<S>) => Output,
) {
  return (request: ServiceRequest<IamWorld>) =>
    perform({ ...request, ...request.world }, readForm(shape, request.body))
}
