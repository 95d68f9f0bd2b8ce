import type { Fault } from '../../fault.ts'
import type { Answer, Exchange, Operation } from '../../service.ts'
import { accessDenied } from '../access-denied.ts'
import { authenticate, claimedArn } from '../authentication.ts'
import { AuthenticationFailure, jsonAuthenticationRefusal } from '../authentication-failure.ts'
import type { Identities } from '../identities.ts'
import { notImplemented } from '../not-implemented.ts'
import { ServiceError } from '../service-error.ts'
import { readInput, type Shape, type StructureShape, type ValueOf } from '../shape.ts'
import { jsonRefusal, jsonSuccess, type Refusal } from '../wire.ts'
import { getAuthorizationToken } from './authorization-token.ts'
import type { Call, EcrWorld, Output } from './call.ts'
import { createPullThroughCacheRule } from './create-rule.ts'
import { describeImages } from './images.ts'
import { deleteRegistryPolicy, getRegistryPolicy, putRegistryPolicy } from './registry-policy.ts'
import { createRepository, deleteRepository, describeRepositories } from './repositories.ts'
import {
  deletePullThroughCacheRule,
  describePullThroughCacheRules,
  updatePullThroughCacheRule,
} from './rules.ts'
import { shapes } from './shapes.ts'
import {
  createRepositoryCreationTemplate,
  deleteRepositoryCreationTemplate,
  describeRepositoryCreationTemplates,
  updateRepositoryCreationTemplate,
} from './templates.ts'
import { undone } from './undone.ts'
import { validatePullThroughCacheRule } from './validate-rule.ts'

/** Fault kinds that change what ECR finds while it performs; `expired-token` refuses like the common ones. */
const performingFaults = ['secret-lag', 'invalid', 'reads-as']

/** Fault kinds that only ECR has. */
export const ecrFaults: readonly string[] = ['expired-token', ...performingFaults]

/**
 * Recognise a call of ECR.
 *
 * @param name what follows `AmazonEC2ContainerRegistry_V20150921.` in `X-Amz-Target`
 */
export function recogniseEcr(exchange: Exchange, name: string, world: EcrWorld): Operation {
  const definition = Object.hasOwn(operations, name) ? operations[name] : undefined
  const perform = (fault?: Fault) => answer(() => run(exchange, { name, definition, world, fault }))
  return {
    service: 'ecr',
    name,
    mutating: definition?.mutating ?? false,
    perform: () => perform(),
    refuse(fault) {
      if (performingFaults.includes(fault.kind)) return perform(fault)
      return answer(() => {
        throw faultError(fault, { exchange, name, identities: world.identities })
      })
    },
  }
}

interface Definition {
  readonly mutating: boolean
  perform(body: Buffer, call: Call): Output
}

const operations: Readonly<Record<string, Definition>> = {
  CreatePullThroughCacheRule: write(shapes.CreatePullThroughCacheRule, createPullThroughCacheRule),
  DescribePullThroughCacheRules: read(shapes.DescribePullThroughCacheRules, describePullThroughCacheRules),
  UpdatePullThroughCacheRule: write(shapes.UpdatePullThroughCacheRule, updatePullThroughCacheRule),
  DeletePullThroughCacheRule: write(shapes.DeletePullThroughCacheRule, deletePullThroughCacheRule),
  ValidatePullThroughCacheRule: read(shapes.ValidatePullThroughCacheRule, validatePullThroughCacheRule),
  CreateRepositoryCreationTemplate: write(
    shapes.CreateRepositoryCreationTemplate,
    createRepositoryCreationTemplate,
  ),
  DescribeRepositoryCreationTemplates: read(
    shapes.DescribeRepositoryCreationTemplates,
    describeRepositoryCreationTemplates,
  ),
  UpdateRepositoryCreationTemplate: write(
    shapes.UpdateRepositoryCreationTemplate,
    updateRepositoryCreationTemplate,
  ),
  DeleteRepositoryCreationTemplate: write(
    shapes.DeleteRepositoryCreationTemplate,
    deleteRepositoryCreationTemplate,
  ),
  GetRegistryPolicy: read(shapes.GetRegistryPolicy, getRegistryPolicy),
  PutRegistryPolicy: write(shapes.PutRegistryPolicy, putRegistryPolicy),
  DeleteRegistryPolicy: write(shapes.DeleteRegistryPolicy, deleteRegistryPolicy),
  CreateRepository: write(shapes.CreateRepository, createRepository),
  DescribeRepositories: read(shapes.DescribeRepositories, describeRepositories),
  DeleteRepository: write(shapes.DeleteRepository, deleteRepository),
  DescribeImages: read(shapes.DescribeImages, describeImages),
  GetAuthorizationToken: read(shapes.GetAuthorizationToken, getAuthorizationToken),
}

function read<S extends StructureShape<Readonly<Record<string, Shape>>, string>>(
  shape: S,
  perform: (call: Call, input: ValueOf<S>) => Output,
): Definition {
  return { mutating: false, perform: (body, call) => perform(call, readEcrInput(shape, body)) }
}

function write<S extends StructureShape<Readonly<Record<string, Shape>>, string>>(
  shape: S,
  perform: (call: Call, input: ValueOf<S>) => Output,
): Definition {
  return { ...read(shape, perform), mutating: true }
}

/** ECR says of a member outside the model that it is an invalid parameter. */
function readEcrInput<S extends Shape>(shape: S, body: Buffer): ValueOf<S> {
  return readInput(shape, body, 'InvalidParameterException')
}

function run(
  exchange: Exchange,
  {
    name,
    definition,
    world,
    fault,
  }: {
    readonly name: string
    readonly definition: Definition | undefined
    readonly world: EcrWorld
    readonly fault: Fault | undefined
  },
): Output {
  if (!definition) {
    if (undone.includes(name)) throw notImplemented(`ecr ${name}`)
    throw new ServiceError('UnknownOperationException', '')
  }
  const { caller, region } = authenticate(exchange, 'ecr', world.identities)
  return definition.perform(exchange.body, {
    operation: name,
    caller,
    region,
    now: world.clock.now(),
    world,
    fault,
  })
}

function answer(output: () => Output): Answer {
  try {
    return jsonSuccess(output())
  } catch (error) {
    return jsonRefusal(refusalOf(error), 'message')
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof ServiceError) return error
  if (error instanceof AuthenticationFailure) return jsonAuthenticationRefusal(error)
  throw error
}

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
      return new ServiceError('ThrottlingException', 'Rate exceeded')
    case 'deny':
      return accessDenied(claimedArn(exchange, identities), {
        action: `ecr:${name}`,
        shown: '*',
        decision: { by: 'no-allow', policy: 'identity-based' },
      })
    case 'expired-token':
      return new AuthenticationFailure('expired-token')
    case 'error':
    default:
      return new ServiceError(
        'ServerException',
        'These errors are usually caused by a server-side issue.',
        fault.status ?? 500,
      )
  }
}
