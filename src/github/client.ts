import { setTimeout as sleep } from 'node:timers/promises'
import { formatMoment } from '../answer-time.ts'
import { PullthroughError } from '../errors.ts'
import { noAnswerFrom, timedFetch } from '../http.ts'
import { isJsonObject } from '../json-object.ts'
import { serverText } from '../server-text.ts'
import { isTransportFailure } from '../transport-failure.ts'
import type { World } from '../world.ts'
import type { GitHubAccess } from './access.ts'
import type { GitHubAnswer } from './answer.ts'
import { type RateLimit, readRateLimit } from './rate-limit.ts'

/**
 * Ask GitHub, with an endpoint of its reference: `request('GET /repos/{owner}/{repo}', { owner, repo })`. Resolves
 * with refusals too (403, 404, 409, 422 …), whose meaning only the caller knows.
 *
 * Network failures, server errors and rate limits are tried again, twice at most; a wait that GitHub asks for is
 * obeyed up to two minutes. At most {@link mostAtOnce} requests of a client are under way at once, others wait their
 * turn.
 *
 * @throws {@link PullthroughError} `ERR_UNAUTHENTICATED`, `ERR_RATE_LIMITED`, `ERR_UNREACHABLE`,
 * `ERR_UNEXPECTED_ANSWER` (a server error, or anything but JSON) or `ERR_INTERRUPTED`.
 */
export type GitHubRequest = (
  endpoint: string,
  parameters?: Readonly<Record<string, unknown>>,
) => Promise<GitHubAnswer>

/** Options of {@link githubClient}. */
export interface GitHubClientOptions extends Pick<GitHubAccess, 'token' | 'tokenSource' | 'apiUrl'> {
  /** Called for each request that may change something, when it is sent. */
  readonly onMutatingRequest: () => void
}

const retries = 2

/**
 * How many requests of one token may be under way at once. GitHub's own limit is 100, shared with whatever else the
 * token is used for.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
const mostAtOnce = 16

/** The longest wait for a rate limit that is obeyed, in milliseconds. */
const longestWait = 120_000

/** A failure that may pass: what it is if it does not, and how long to wait before the next try. */
class PassingFailure extends Error {
  readonly failure: PullthroughError
  readonly waitMs: number
  /** What the user is told before the wait, if it is long enough to wonder. */
  readonly note: string | undefined

  constructor(failure: PullthroughError, waitMs: number, note?: string) {
    super(failure.message)
    this.failure = failure
    this.waitMs = waitMs
    this.note = note
  }
}

/**
 * A client for one token at one API: a run makes one, and all its repositories share it.
 *
 * Retries are p-retry's and not those of Octokit's plugins: the plugins' waits cannot be interrupted, they know a
 * secondary limit by one phrase alone, and they hold each write back for a second.
 */
export function githubClient(options: GitHubClientOptions, world: World): GitHubRequest {
  const { signal, note } = world
  const tools = lazily(() => loadTools(options, world))
  const told = new Set<string>()

  return async (endpoint, parameters = {}) => {
    const what = nameRequest(endpoint, parameters)
    const { octokit, limit, pRetry } = await tools()
    const attempts = () =>
      pRetry(
        async (attempt) => {
          const answer = await send(octokit, endpoint, parameters, attempt, options, world)
          return judge(answer, what, attempt, options, world)
        },
        {
          retries,
          minTimeout: 0,
          signal,
          shouldRetry: ({ error }) => error instanceof PassingFailure,
          onFailedAttempt: async ({ error, retriesLeft }) => {
            if (!(error instanceof PassingFailure) || retriesLeft === 0) return
            // Requests under way at once meet the same limit: the user hears of it once.
            if (error.note !== undefined && !told.has(error.note)) {
              told.add(error.note)
              note(error.note)
            }
            await sleep(error.waitMs, undefined, { signal })
          },
        },
      )
    try {
      // A request that waits to be tried again keeps its turn: under a rate limit, the others do not run into it too.
      return await limit(attempts)
    } catch (error) {
      if (signal.aborted) throw new PullthroughError('ERR_INTERRUPTED', 'interrupted')
      throw error instanceof PassingFailure ? error.failure : error
    }
  }
}

type Octokit = import('@octokit/core').Octokit

/** What asking takes: imported with the first request, not before. */
async function loadTools(options: GitHubClientOptions, world: World) {
  const [octokit, { default: pRetry }, { default: pLimit }] = await Promise.all([
    createOctokit(options, world),
    import('p-retry'),
    import('p-limit'),
  ])
  return { octokit, pRetry, limit: pLimit(mostAtOnce) }
}

/**
 * Octokit builds the request and reads the answer. The token is added when the request leaves, so that no error and
 * no log of Octokit's can have it; its own log goes nowhere.
 */
async function createOctokit(
  { token, apiUrl, onMutatingRequest }: GitHubClientOptions,
  world: World,
): Promise<Octokit> {
  const { Octokit } = await import('@octokit/core')
  const fetch = timedFetch(world)
  const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore }
  return new Octokit({
    baseUrl: apiUrl,
    userAgent: 'pullthrough',
    log: silent,
    request: {
      log: silent,
      fetch: (url: string, init: RequestInit) => {
        world.signal.throwIfAborted()
        if (init.method !== 'GET') onMutatingRequest()
        const headers = new Headers(init.headers)
        headers.set('authorization', `Bearer ${token.reveal()}`)
        return fetch(url, { ...init, headers })
      },
    },
  })
}

function ignore(): void {
  // Nothing of Octokit's log is for the user.
}

/** What Octokit makes of an answer; `data` is parsed if the answer says that it is JSON. */
type OctokitAnswer = Pick<Awaited<ReturnType<Octokit['request']>>, 'status' | 'headers' | 'data'>

/** The same, with headers as they came. */
interface Response extends Pick<GitHubAnswer, 'status' | 'headers'> {
  readonly data: unknown
}

/** Send one request. Only a request without an answer throws, and a mistake of ours. */
async function send(
  { request }: Octokit,
  endpoint: string,
  parameters: Readonly<Record<string, unknown>>,
  attempt: number,
  { apiUrl }: GitHubClientOptions,
  world: World,
): Promise<Response> {
  const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' }
  try {
    return readResponse(await request(endpoint, { ...parameters, headers }))
  } catch (error) {
    const response = refusedResponse(error)
    if (response) return readResponse(response)
    const reason = error instanceof Error ? (error.cause ?? error) : error
    if (!world.signal.aborted && !isTransportFailure(reason)) throw reason
    throw new PassingFailure(noAnswerFrom(`GitHub (${apiUrl})`, reason, world), pause(attempt))
  }
}

/** The answer inside the `RequestError` that Octokit throws for every status from 400. */
function refusedResponse(error: unknown): OctokitAnswer | undefined {
  return error instanceof Error && 'response' in error ? (error.response as OctokitAnswer) : undefined
}

function readResponse({ status, headers, data }: OctokitAnswer): Response {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)])
  return {
    status,
    headers: Object.fromEntries(texts) as GitHubAnswer['headers'],
    // Octokit's form of what is neither JSON nor text.
    data: data instanceof ArrayBuffer ? undefined : data,
  }
}

/** Tell an answer that the caller should have from a failure, which is thrown. */
function judge(
  { status, headers, data }: Response,
  what: string,
  attempt: number,
  { token, tokenSource }: GitHubClientOptions,
  world: World,
): GitHubAnswer {
  const type = serverText(headers['content-type']?.split(';')[0], [token]) ?? 'no content type'
  if (status >= 500) {
    const failure = unexpected(
      `GitHub answered ${status} (${type}) to ${what}`,
      'run it again; see also www.githubstatus.com',
    )
    throw isPermanent(status) ? failure : new PassingFailure(failure, pause(attempt))
  }
  const items = Array.isArray(data) ? { items: data as readonly unknown[] } : undefined
  // The edge limits in plain text.
  const body = status === 204 || items || (status === 429 && !isJsonObject(data)) ? {} : data
  if (!isJsonObject(body)) {
    throw unexpected(
      `GitHub answered ${status} (${type}) to ${what}, not JSON`,
      'check GITHUB_API_URL or GH_HOST, and any proxy',
    )
  }
  if (status === 401) throw unauthenticated(serverText(body['message'], [token]), tokenSource)
  const answer = { status, headers, body, ...items }
  const limit = readRateLimit(answer, world.now())
  if (limit) throw limited(limit, what)
  return answer
}

function unauthenticated(said: string | undefined, tokenSource: string): PullthroughError {
  return new PullthroughError(
    'ERR_UNAUTHENTICATED',
    `GitHub does not accept the token from ${tokenSource}${said === undefined ? '' : `: ${said}`}`,
    {
      hint:
        tokenSource === 'gh auth token'
          ? 'run: gh auth login'
          : `set ${tokenSource} to a token that is neither expired nor revoked`,
    },
  )
}

function limited({ kind, waitMs, until }: RateLimit, what: string): PullthroughError | PassingFailure {
  const moment = formatMoment(until)
  const failure = new PullthroughError(
    'ERR_RATE_LIMITED',
    `GitHub’s ${kind} rate limit forbids ${what} until ${moment}`,
    { hint: `run it again after ${moment}` },
  )
  if (waitMs > longestWait) return failure
  const wait = `waiting until ${moment} (${Math.ceil(waitMs / 1000)} s) for GitHub’s ${kind} rate limit`
  return new PassingFailure(failure, waitMs, wait)
}

/** 501 and the like do not pass. */
function isPermanent(status: number): boolean {
  return ![500, 502, 503, 504].includes(status)
}

function unexpected(message: string, hint: string): PullthroughError {
  return new PullthroughError('ERR_UNEXPECTED_ANSWER', message, { hint })
}

/** The wait after a network failure or a server error, in milliseconds. */
function pause(attempt: number): number {
  return 250 * 4 ** (attempt - 1)
}

/** `GET /repos/acme/widgets`: the endpoint with its parameters filled in. */
function nameRequest(endpoint: string, parameters: Readonly<Record<string, unknown>>): string {
  return endpoint.replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name]))
}

/** Make a thing when it is first needed, once. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
