import { answerBlobContent } from '../../oci/answer-content.ts'
import type { Answer, Exchange } from '../../service.ts'
import type { EcrWorld } from '../ecr/call.ts'

/**
 * A layer by its presigned address: from S3 in truth, and refused as there.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function downloadLayer(exchange: Exchange, { registries, clock }: EcrWorld): Answer {
  const { method, url, headers } = exchange
  if (headers['authorization'] !== undefined) {
    return storeError(
      400,
      'InvalidArgument',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    )
  }
  const place = registries.layerUrls.read(url, clock.now())
  // An address is signed for GET.
  if (place === 'forged' || method !== 'GET') {
    return storeError(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    )
  }
  if (place === 'expired') return storeError(403, 'AccessDenied', 'Request has expired')
  const repository = registries.registry(place).repositories.get(place.name)
  const layer = repository?.layers.get(place.digest)
  return layer
    ? answerBlobContent(exchange, layer)
    : storeError(404, 'NoSuchKey', 'The specified key does not exist.')
}

function storeError(status: number, code: string, message: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  }
}
