import { PullthroughError } from '../errors.ts'

/**
 * Where ECR’s registry sends a layer from, as its redirect says. The address is signed, and no part of an error. It must
 * be encrypted like the registry’s own: without that any host of the network, and of this machine, could be asked.
 *
 * @param location the `Location` header
 * @param asked the registry’s URL that was asked
 *
 * @throws {@link PullthroughError} `ERR_UNEXPECTED_ANSWER` if it is no such place.
 */
export function layerAddress(location: string, asked: string): URL {
  const registry = new URL(asked)
  const place = URL.canParse(location, asked) ? new URL(location, asked) : undefined
  if (
    !place ||
    !(place.protocol === 'https:' || isSameServer(place, registry)) ||
    place.username ||
    place.password
  ) {
    throw new PullthroughError(
      'ERR_UNEXPECTED_ANSWER',
      `ECR’s registry (${registry.origin}) sends layers from a place that is not asked: ${place && place.origin !== 'null' ? place.origin : 'it has no address'}`,
      { hint: 'check any proxy' },
    )
  }
  return place
}

/** A registry without encryption is on this machine, whose other servers are none of its business. */
function isSameServer(place: URL, registry: URL): boolean {
  return (
    place.protocol === registry.protocol &&
    place.port === registry.port &&
    ['localhost', '127.0.0.1', registry.hostname].includes(place.hostname)
  )
}
