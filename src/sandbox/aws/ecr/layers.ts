import type { ValueOf } from '../shape.ts'
import { authorizedRepositories } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { layerNotFound } from './errors.ts'
import { findRepository } from './repositories.ts'
import type { shapes } from './shapes.ts'

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html */
export function getDownloadUrlForLayer(
  call: Call,
  { registryId, repositoryName: name, layerDigest }: ValueOf<(typeof shapes)['GetDownloadUrlForLayer']>,
): Output {
  const registry = authorizedRepositories(call, { registryId, name })
  if (!findRepository(registry, name).layers.has(layerDigest)) {
    throw layerNotFound(layerDigest, name, registry.account)
  }
  const { world, now } = call
  const place = { account: registry.account, region: registry.region, name, digest: layerDigest }
  const path = world.registries.layerUrls.sign(place, now)
  return { downloadUrl: `${world.addresses.registry ?? 'http://127.0.0.1'}${path}`, layerDigest }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html */
export function batchCheckLayerAvailability(
  call: Call,
  { registryId, repositoryName: name, layerDigests }: ValueOf<(typeof shapes)['BatchCheckLayerAvailability']>,
): Output {
  const repository = findRepository(authorizedRepositories(call, { registryId, name }), name)
  const answers = [...new Set(layerDigests)].map((layerDigest) => ({
    layerDigest,
    layer: repository.layers.get(layerDigest),
  }))
  return {
    layers: answers.flatMap(({ layerDigest, layer }) =>
      layer
        ? [
            {
              layerDigest,
              layerAvailability: 'AVAILABLE',
              layerSize: layer.body.length,
              mediaType: layer.mediaType,
            },
          ]
        : [],
    ),
    failures: answers
      .filter(({ layer }) => !layer)
      .map(({ layerDigest }) => ({
        layerDigest,
        failureCode: /^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/.test(layerDigest)
          ? 'MissingLayerDigest'
          : 'InvalidLayerDigest',
        failureReason: 'Requested layer not found',
      })),
  }
}
