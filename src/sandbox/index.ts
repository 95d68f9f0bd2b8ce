import { type Aws, createAws } from './aws/aws.ts'
import { createClock } from './clock.ts'
import { answerControl } from './control.ts'
import { createDockerHub, type DockerHub } from './docker/docker-hub.ts'
import { createFaults } from './fault.ts'
import { createGitHub, type GitHub } from './github/github.ts'
import { createRequestLog } from './request-log.ts'
import { type Listener, listen, send, serveService } from './server.ts'

/** Options of {@link startSandbox}. */
export interface SandboxOptions {
  /** The control port; the services take the ports after it. Free ports if absent. */
  readonly port?: number
}

/** Everything the services hold, opened: what `GET /state` answers. */
export interface SandboxState {
  readonly aws: ReturnType<Aws['state']>
  readonly github: ReturnType<GitHub['state']>
  readonly dockerHub: ReturnType<DockerHub['state']>
}

/** A running sandbox. */
export interface Sandbox {
  /** Where the control calls are: `http://127.0.0.1:PORT`. */
  readonly control: string
  /** The environment that points AWS SDKs, Octokit, `gh` and pullthrough here. */
  readonly env: Readonly<Record<string, string>>
  state(): SandboxState
  /** Stop listening and forget everything. */
  close(): Promise<void>
}

/**
 * Start stand-ins for AWS, GitHub and Docker Hub on 127.0.0.1, with state in memory. What each part does, and the
 * source of each behaviour, is in `docs/sandbox.md`.
 *
 * @throws the operating system's error if a wanted port is taken.
 */
export async function startSandbox({ port = 0 }: SandboxOptions = {}): Promise<Sandbox> {
  const clock = createClock()
  const faults = createFaults()
  const log = createRequestLog()
  const dockerHub = createDockerHub({ clock })
  const aws = createAws({ clock, logInToDockerHub: (login) => dockerHub.logIn(login) })
  const gitHub = createGitHub({ clock })
  const parts = [aws, gitHub, dockerHub]
  const state = () => ({ aws: aws.state(), github: gitHub.state(), dockerHub: dockerHub.state() })

  const listeners: Listener[] = []
  const nextPort = () => (port === 0 ? 0 : port + listeners.length)
  const open = async (listening: Promise<Listener>) => {
    const listener = await listening
    listeners.push(listener)
    return listener.url
  }
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()))
  }

  try {
    const control = await open(
      listen(nextPort(), (exchange, response) => {
        const answer = answerControl(
          {
            clock,
            faults,
            log,
            ownFaults: { ...aws.ownFaults, ...gitHub.ownFaults, ...dockerHub.ownFaults },
            state,
            seeds: { ...aws.seeds, ...gitHub.seeds, ...dockerHub.seeds },
            reset() {
              for (const part of [clock, ...parts]) part.reset()
              faults.clear()
              log.clear()
            },
          },
          exchange,
        )
        send(response, answer, exchange.method)
        return Promise.resolve()
      }),
    )
    const awsUrl = await open(serveService(aws.service, nextPort(), { log, faults }))
    const gitHubUrl = await open(serveService(gitHub.service, nextPort(), { log, faults }))
    const authUrl = await open(serveService(dockerHub.auth, nextPort(), { log, faults }))
    const registryUrl = await open(serveService(dockerHub.registry, nextPort(), { log, faults }))
    const hubUrl = await open(serveService(dockerHub.hub, nextPort(), { log, faults }))
    dockerHub.announce({ authUrl })
    return {
      control,
      env: {
        AWS_ENDPOINT_URL: awsUrl,
        AWS_ACCESS_KEY_ID: aws.seededIdentity.accessKeyId,
        AWS_SECRET_ACCESS_KEY: aws.seededIdentity.secretAccessKey,
        AWS_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        GITHUB_API_URL: gitHubUrl,
        GITHUB_REPOSITORY: gitHub.seededRepository,
        GH_TOKEN: gitHub.seededToken,
        GH_HOST: 'github.localhost',
        PULLTHROUGH_GH_PROXY: gitHubUrl,
        DOCKER_AUTH_URL: authUrl,
        DOCKER_REGISTRY_URL: registryUrl,
        DOCKER_HUB_URL: hubUrl,
      },
      state,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
