import type { Clock } from '../clock.ts'
import type { Fault } from '../fault.ts'
import type { Answer, Exchange, Operation } from '../service.ts'
import type { ServiceName } from '../service-name.ts'
import { authenticate, claimedArn, type Sender } from './authentication.ts'
import { AuthenticationFailure } from './authentication-failure.ts'
import type { Identities } from './identities.ts'
import { notImplemented } from './not-implemented.ts'
import { ServiceError } from './service-error.ts'

/** What every service works with. */
export interface ServiceWorld {
  readonly clock: Clock
  readonly identities: Identities
}

/** What is particular to one service of AWS. */
export interface AwsService<World, Output> {
  /** Also its signing name. */
  readonly name: ServiceName
  /** The operations that change nothing, by AWS's names. */
  readonly reads: Operations<World, Output>
  /** The operations that change what the service holds. */
  readonly writes: Operations<World, Output>
  /** Whether AWS has an operation that is among neither: the sandbox says 501 then. */
  isUndone(name: string): boolean
  /** What the service answers to a fault `deny`. */
  denied(claim: Claim): ServiceError
  /** What it answers to a fault `error`. */
  readonly serverError: { readonly code: string; readonly message: string }
  /** What it answers to a fault that only it has. */
  ownError?(fault: Fault): ServiceError | undefined
  /** Whether a fault leaves an operation to be performed, perhaps with another outcome. */
  isPerformedWith?(fault: Fault, name: string): boolean
}

type Operations<World, Output> = Readonly<
  Record<string, (request: ServiceRequest<World>) => Output | Promise<Output>>
>

/** A request for an operation, from somebody who has been established. */
export interface ServiceRequest<World> extends Sender {
  /** AWS's name of the operation. */
  readonly operation: string
  readonly body: Buffer
  /** The sandbox's time. */
  readonly now: Date
  readonly world: World
  /** A fault that changes what the operation finds, but refuses nothing by itself. */
  readonly fault: Fault | undefined
}

/** What a request says of itself; nothing is checked. */
interface Claim {
  readonly exchange: Exchange
  readonly operation: string
  readonly callerArn: string
}

/** How the services of one protocol answer. */
export interface Protocol<Output> {
  readonly throttlingCode: string
  unknownOperation(name: string): ServiceError
  success(operation: string, output: Output): Answer
  refusal(error: ServiceError | AuthenticationFailure): Answer
}

/** Recognise a call of one service by the name of the operation. */
export type Recognise<World> = (exchange: Exchange, name: string, world: World) => Operation

/** What all services of AWS have in common: who calls is established before an operation is performed. */
export function awsService<World extends ServiceWorld, Output>(
  service: AwsService<World, Output>,
  protocol: Protocol<Output>,
): Recognise<World> {
  return (exchange, name, world) => {
    const mutating = Object.hasOwn(service.writes, name)
    const operations = mutating ? service.writes : service.reads
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined

    function run(fault: Fault | undefined): Output | Promise<Output> {
      if (!operation) {
        throw service.isUndone(name)
          ? notImplemented(`${service.name} ${name}`)
          : protocol.unknownOperation(name)
      }
      const sender = authenticate(exchange, service.name, world.identities)
      const now = world.clock.now()
      return operation({ ...sender, operation: name, body: exchange.body, now, world, fault })
    }

    async function perform(fault?: Fault): Promise<Answer> {
      try {
        return protocol.success(name, await run(fault))
      } catch (error) {
        if (error instanceof ServiceError || error instanceof AuthenticationFailure) {
          return protocol.refusal(error)
        }
        throw error
      }
    }

    function faultError(fault: Fault): ServiceError | AuthenticationFailure {
      const { code, message } = service.serverError
      switch (fault.kind) {
        case 'throttle':
          return new ServiceError(protocol.throttlingCode, 'Rate exceeded')
        case 'deny': {
          const callerArn = claimedArn(exchange, world.identities)
          return service.denied({ exchange, operation: name, callerArn })
        }
        case 'expired-token':
          return new AuthenticationFailure('expired-token')
        case 'error':
        default:
          return service.ownError?.(fault) ?? new ServiceError(code, message, fault.status ?? 500)
      }
    }

    return {
      service: service.name,
      name,
      mutating,
      perform: () => perform(),
      refuse: (fault) =>
        service.isPerformedWith?.(fault, name) ? perform(fault) : protocol.refusal(faultError(fault)),
    }
  }
}
