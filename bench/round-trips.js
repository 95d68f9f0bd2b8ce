/**
 * One line of the sandbox's `GET /requests`.
 *
 * @typedef {{ readonly at: string, readonly ms: number, readonly service: string, readonly operation: string, readonly mutating: boolean }} LoggedRequest
 */

/**
 * The longest chain of requests of which each began after the one before it had ended: the round trips that a run
 * waited for one after another. With a latency that is long beside the time the program computes, what begins later
 * had to wait for an answer.
 *
 * @param {readonly LoggedRequest[]} requests
 * @returns {readonly LoggedRequest[]}
 */
export function longestChain(requests) {
  /** @type {{ readonly end: number, readonly chain: readonly LoggedRequest[] }[]} */
  const links = []
  for (const request of [...requests].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const start = Date.parse(request.at)
    const before = longest(links.filter(({ end }) => end <= start).map(({ chain }) => chain))
    links.push({ end: start + request.ms, chain: [...before, request] })
  }
  return longest(links.map(({ chain }) => chain))
}

/**
 * @param {readonly (readonly LoggedRequest[])[]} chains
 * @returns {readonly LoggedRequest[]}
 */
function longest(chains) {
  return chains.toSorted((a, b) => b.length - a.length)[0] ?? []
}
