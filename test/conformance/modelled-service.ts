import { expect, test } from 'vitest'
import type { AwsSandbox } from '../sandbox/aws/aws-sandbox.ts'
import { invalidVariants, limitVariants, type Variant } from './invalid-input.ts'
import { faultsOf, readServiceModel, type ServiceModel } from './service-model.ts'

/** The folder of botocore, or its `data`: AWS's own service models. Nothing is tested without it. */
export const botocore = process.env['PULLTHROUGH_E2E_BOTOCORE']

export type Input = Readonly<Record<string, unknown>>

/** What a service answered. */
export interface Said {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** A service of the sandbox, to be held against AWS's model of it. */
export interface ModelledService {
  readonly model: ServiceModel
  /** An input that each operation takes, in the sandbox that is `started`. */
  readonly validInputs: Readonly<Record<string, Input>>
  started(): Promise<AwsSandbox>
  call(sandbox: AwsSandbox, operation: string, input: Input, region?: string): Promise<Said>
  /** Whether an answer with HTTP 400 refuses the input for its form. */
  isInvalid(body: Said['body']): boolean
  /** Whether an answer refuses a variant for its size, which is within the model's limits. */
  isTooStrict(variant: Variant, body: Said['body']): boolean
  /** What is new in AWS and therefore no fault of an answer, though an older model does not have it. */
  isNews?(fault: string): boolean
}

/** @param service `secretsmanager/2017-10-17` */
export function modelOf(service: string): ServiceModel {
  return botocore ? readServiceModel(botocore, service) : { operations: {}, shapes: {} }
}

/** Test that a service has all operations of its model, and takes and refuses the inputs that the model says. */
export function testInputs(service: ModelledService): void {
  const { model, validInputs } = service
  const done = Object.keys(validInputs)
  const inputShape = (operation: string) => model.operations[operation]?.input?.shape ?? ''

  test.skipIf(!botocore)('every operation of the model is either done or said not to be', async () => {
    const sandbox = await service.started()
    const statuses = await Promise.all(
      Object.keys(model.operations).map(async (operation) => {
        const { status } = await service.call(sandbox, operation, {})
        return [operation, status === 501] as const
      }),
    )
    const undone = statuses.flatMap(([operation, isUndone]) => (isUndone ? [operation] : []))
    expect([...done, ...undone].sort()).toEqual(Object.keys(model.operations).sort())
  })

  test.skipIf(!botocore).each(done)('%s takes a valid input', async (operation) => {
    const sandbox = await service.started()
    const { status, body } = await service.call(sandbox, operation, validInputs[operation] ?? {})
    expect({ status, faults: outputFaults(service, operation, body) }).toEqual({ status: 200, faults: [] })
  })

  test.skipIf(!botocore).each(done)('%s refuses every input outside the model', async (operation) => {
    const sandbox = await service.started()
    const before = JSON.stringify(sandbox.aws.state())
    const variants = invalidVariants(model, inputShape(operation), validInputs[operation] ?? {})
    const taken: unknown[] = []
    for (const { title, input } of variants) {
      const { status, body } = await service.call(sandbox, operation, input)
      if (status !== 400 || !service.isInvalid(body)) taken.push([title, status, body])
    }
    expect(taken).toEqual([])
    expect(JSON.stringify(sandbox.aws.state())).toBe(before)
  })

  test.skipIf(!botocore).each(done)(
    '%s refuses no input for its size at a limit of the model',
    async (operation) => {
      const variants = limitVariants(model, inputShape(operation), validInputs[operation] ?? {})
      const refused: unknown[] = []
      for (const variant of variants) {
        const { body } = await service.call(await service.started(), operation, variant.input)
        if (service.isTooStrict(variant, body)) refused.push([variant.title, body])
      }
      expect(refused).toEqual([])
    },
  )
}

/** The answers of many calls, held against the model. */
export function createAnswerCheck(service: ModelledService) {
  const faults: unknown[] = []
  const seen = new Set<string>()
  return {
    /** What was refused, or not of the form of the model. */
    faults,
    async call(sandbox: AwsSandbox, operation: string, input: Input, region?: string): Promise<void> {
      const { status, body } = await service.call(sandbox, operation, input, region)
      if (status !== 200) faults.push([operation, status, body])
      for (const name of Object.keys(body)) seen.add(`${operation}.${name}`)
      faults.push(...outputFaults(service, operation, body).map((fault) => `${operation} ${fault}`))
    },
    /** The members of the model's answers that no answer had: what was never seen was never checked. */
    unseen(): readonly string[] {
      return Object.keys(service.validInputs).flatMap((operation) =>
        Object.keys(service.model.shapes[outputShape(service, operation) ?? '']?.members ?? {})
          .map((name) => `${operation}.${name}`)
          .filter((name) => !seen.has(name)),
      )
    },
  }
}

function outputFaults(service: ModelledService, operation: string, body: unknown): readonly string[] {
  const shape = outputShape(service, operation)
  if (shape === undefined) return Object.keys(body ?? {}).map((name) => `.: an unknown ${name}`)
  return faultsOf(service.model, shape, body).filter((fault) => !service.isNews?.(fault))
}

/** Absent for an operation that answers nothing. */
function outputShape({ model }: ModelledService, operation: string): string | undefined {
  return model.operations[operation]?.output?.shape
}
