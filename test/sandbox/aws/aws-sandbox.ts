import { ECRClient } from '@aws-sdk/client-ecr'
import { IAMClient } from '@aws-sdk/client-iam'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { STSClient } from '@aws-sdk/client-sts'
import { onTestFinished } from 'vitest'
import { type Aws, createAws } from '../../../src/sandbox/aws/aws.ts'
import { type Clock, createClock } from '../../../src/sandbox/clock.ts'
import { createDockerHub, type DockerHub } from '../../../src/sandbox/docker/docker-hub.ts'
import { createFaults, type Faults } from '../../../src/sandbox/fault.ts'
import { createRequestLog, type RequestLog } from '../../../src/sandbox/request-log.ts'
import { serveService } from '../../../src/sandbox/server.ts'

/** The AWS half of the sandbox on a port of its own, and real SDK clients for it. */
export interface AwsSandbox {
  readonly url: string
  readonly aws: Aws
  readonly dockerHub: DockerHub
  readonly clock: Clock
  readonly faults: Faults
  readonly log: RequestLog
  secretsManager(as?: SignAs): SecretsManagerClient
  sts(as?: SignAs): STSClient
  iam(as?: SignAs): IAMClient
  ecr(as?: SignAs): ECRClient
}

interface SignAs {
  readonly region?: string
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
}

/** Start it; it stops with the test. */
export async function startAwsSandbox(): Promise<AwsSandbox> {
  const clock = createClock()
  const faults = createFaults()
  const log = createRequestLog()
  const dockerHub = createDockerHub({ clock })
  const aws = createAws({ clock, logInToDockerHub: (login) => dockerHub.logIn(login) })
  const listener = await serveService(aws.service, 0, { log, faults })
  onTestFinished(() => listener.close())

  const settings = ({ region = 'us-east-1', credentials = aws.seededIdentity }: SignAs) => ({
    endpoint: listener.url,
    region,
    // A copy: the SDK writes into what it is given.
    credentials: { ...credentials },
    maxAttempts: 1,
  })
  return {
    url: listener.url,
    aws,
    dockerHub,
    clock,
    faults,
    log,
    secretsManager(as = {}) {
      const client = new SecretsManagerClient(settings(as))
      onTestFinished(() => {
        client.destroy()
      })
      return client
    },
    sts(as = {}) {
      const client = new STSClient(settings(as))
      onTestFinished(() => {
        client.destroy()
      })
      return client
    },
    iam(as = {}) {
      const client = new IAMClient(settings(as))
      onTestFinished(() => {
        client.destroy()
      })
      return client
    },
    ecr(as = {}) {
      const client = new ECRClient(settings(as))
      onTestFinished(() => {
        client.destroy()
      })
      return client
    },
  }
}

/** What the service said when it refused: the class, the text and the status, or the answer if it did not refuse. */
export async function refusal(call: Promise<unknown>): Promise<unknown> {
  try {
    return { answered: await call }
  } catch (error) {
    if (!(error instanceof Error)) return error
    const { name, message } = error
    const metadata = '$metadata' in error ? error.$metadata : undefined
    const status =
      typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
        ? metadata.httpStatusCode
        : undefined
    return { name, message, status }
  }
}

/** An answer's own members. */
export async function members<Output extends object>(
  call: Promise<Output>,
): Promise<Omit<Output, '$metadata'>> {
  const own = Object.entries(await call).filter(
    ([name, value]) => name !== '$metadata' && value !== undefined,
  )
  return Object.fromEntries(own) as Omit<Output, '$metadata'>
}
