import { type Aws, createAws } from './aws/aws.ts'
import { isSafe, logsIn } from './aws/ecr/pull-through/upstream-login.ts'
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
  /**
   * The registry that ECR pulls Docker Hub's images from, like `https://registry-1.docker.io`; plain http to this
   * machine alone. The sandbox's own Docker Hub if absent.
   */
  readonly upstream?: string
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
 * @throws the operating system's error if a wanted port is taken; `TypeError` for an upstream that is none.
 */
export async function startSandbox({ port = 0, upstream }: SandboxOptions = {}): Promise<Sandbox> {
  const upstreamUrl = upstream === undefined ? undefined : readUpstreamUrl(upstream)
  const clock = createClock()
  const faults = createFaults()
  const log = createRequestLog()
  const dockerHub = createDockerHub({ clock })
  const aws = createAws({
    clock,
    logInToDockerHub: (login) =>
      upstreamUrl === undefined ? dockerHub.logIn(login) : logsIn({ url: upstreamUrl }, login),
  })
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
    const ecrRegistryUrl = await open(serveService(aws.registry, nextPort(), { log, faults }))
    dockerHub.announce({ authUrl })
    aws.announce({ registry: ecrRegistryUrl, dockerHub: { url: upstreamUrl ?? registryUrl } })
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
        PULLTHROUGH_ECR_REGISTRY: new URL(ecrRegistryUrl).host,
        // With another upstream, Docker Hub is the real one, unless that is elsewhere.
        ...(upstreamUrl === undefined
          ? { DOCKER_AUTH_URL: authUrl, DOCKER_REGISTRY_URL: registryUrl, DOCKER_HUB_URL: hubUrl }
          : { DOCKER_REGISTRY_URL: upstreamUrl }),
      },
      state,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function readUpstreamUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.href !== `${url?.origin ?? ''}/` || !isSafe(url)) {
    throw new TypeError(
      'the upstream must be the URL of a registry, without a path: https, or http to this machine',
    )
  }
  return url.origin
}
