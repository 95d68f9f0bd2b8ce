import type { Fault } from '../fault.ts'
import type { Answer, Exchange, Operation } from '../service.ts'
import { problem } from './answer.ts'
import { selectVersion } from './api-version.ts'
import { authenticate } from './authentication.ts'
import type { Call } from './call.ts'
import { isGitHubPath } from './known-paths.ts'
import { changesAnswer, primaryLimit, refusal } from './refusal.ts'
import { answerRepositoryCall } from './repository-access.ts'
import { targetOf } from './request-target.ts'
import { headersOf } from './response-headers.ts'
import { documentationOf, type Match, matchRoute } from './route-match.ts'
import type { GitHubStore } from './store.ts'

/** Find out what a request asks of GitHub. */
export function operationOf(exchange: Exchange, store: GitHubStore): Operation {
  const target = targetOf(exchange)
  const path = target?.path ?? exchange.url.pathname
  const match = matchRoute(exchange.method, path, store)
  const answer = (fault?: Fault): Answer => {
    if (!target) return { status: 502, body: `the sandbox is no proxy for ${exchange.url.host}\n` }
    if (!exchange.headers['user-agent']) return userAgentMissing
    return answerApi(exchange, { base: target.base, match, fault }, store)
  }
  return {
    service: 'github',
    name: match.name,
    mutating: !['GET', 'HEAD', 'OPTIONS'].includes(exchange.method) && path !== '/graphql',
    perform: () => answer(),
    refuse: (fault) => answer(fault),
  }
}

/** The edge answers this, not the API: plain text under an HTML name, and none of the API's headers. */
const userAgentMissing: Answer = {
  status: 403,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.\n',
}

function answerApi(
  exchange: Exchange,
  { base, match, fault }: { readonly base: string; readonly match: Match; readonly fault: Fault | undefined },
  store: GitHubStore,
): Answer {
  const version = selectVersion(exchange.headers['x-github-api-version'])
  const token = authenticate(exchange.headers['authorization'], store.tokens)
  const call: Call = {
    exchange,
    params: match.params,
    base,
    token: token === 'unknown' ? undefined : token,
    apiVersion: 'version' in version ? version.version : undefined,
    clock: store.clock,
    documentation: documentationOf(match.destination),
  }
  const answer = () => {
    if (fault && !changesAnswer(fault)) return refusal(fault, call)
    if ('refused' in version) return version.refused
    if (token === 'unknown') return problem(401, 'Bad credentials', 'https://docs.github.com/rest')
    return answerCall(call, match, fault, store)
  }
  const answered = answer()
  return {
    ...answered,
    headers: { ...headersOf(call, match.destination, store.rateLimits), ...answered.headers },
  }
}

function answerCall(
  call: Call,
  { destination, name }: Match,
  fault: Fault | undefined,
  store: GitHubStore,
): Answer {
  const { rateLimits } = store
  // The question for the limits is free.
  if (!name.endsWith(' /rate_limit') && !rateLimits.spend(call.token)) {
    return primaryLimit(call.token, rateLimits.budget(call.token).reset)
  }
  switch (destination.kind) {
    case 'service':
      return destination.route.handle(call)
    case 'repository':
      return answerRepositoryCall(call, destination.route, fault, store)
    case 'nothing':
      return answerNothing(name)
  }
}

function answerNothing(name: string): Answer {
  const path = name.slice(name.indexOf(' ') + 1)
  if (!isGitHubPath(path)) return problem(404, 'Not Found', 'https://docs.github.com/rest')
  return problem(501, `the sandbox does not answer ${name}`, 'https://docs.github.com/rest')
}
