import type { World } from '../world.ts'
import { type AwsCall, awsError } from './error.ts'

/**
 * Wait for what the AWS SDK answers. Only the exception that says "not found" means absent.
 *
 * @param notFound the name of that exception
 * @returns the answer; `undefined` if the thing is not there.
 * @throws {@link PullthroughError} as {@link awsError} makes it of any other failure.
 */
export async function askAws<Output>(
  sent: Promise<Output>,
  call: AwsCall,
  world: World,
  notFound?: string,
): Promise<Output | undefined> {
  try {
    return await sent
  } catch (error) {
    if (notFound !== undefined && isNamed(error, notFound)) return undefined
    throw awsError(error, call, world)
  }
}

/** Whether the SDK threw the exception of a name. */
export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
