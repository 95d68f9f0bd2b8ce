import { BatchCheckLayerAvailabilityCommand, GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { createImage } from '../../../../src/sandbox/oci/image.ts'
import { linuxAmd64 } from '../../../../src/sandbox/oci/platform.ts'
import { members, refusal } from '../aws-sandbox.ts'
import { startPullSandbox } from '../ecr-registry/pull-world.ts'
import { account } from './ecr-world.ts'

const repositoryName = 'docker-hub/bitnami/redis'
const [config, layer] = createImage({ name: 'bitnami/redis:7.2', platforms: [linuxAmd64] }).blobs
const none = `sha256:${'0'.repeat(64)}`

async function started() {
  const sandbox = await startPullSandbox()
  await sandbox.registry(`/v2/${repositoryName}/manifests/7.2`)
  return sandbox
}

test('GetDownloadUrlForLayer tells where a layer is downloaded from, without a login', async () => {
  const sandbox = await started()
  const layerDigest = layer?.digest
  const { downloadUrl = '', ...rest } = await members(
    sandbox.ecr().send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest })),
  )
  expect(rest).toEqual({ layerDigest })
  expect(Buffer.from(await (await fetch(downloadUrl)).arrayBuffer())).toEqual(layer?.body)
})

test('GetDownloadUrlForLayer refuses a layer that no image has', async () => {
  const sandbox = await started()
  const command = new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: none })
  expect(await refusal(sandbox.ecr().send(command))).toEqual({
    name: 'LayersNotFoundException',
    message: `The layer with digest '${none}' does not exist in the repository with name '${repositoryName}' in the registry with id '${account}'`,
    status: 400,
  })
})

test('BatchCheckLayerAvailability tells which layers are there', async () => {
  const sandbox = await started()
  const layerDigests = [config?.digest ?? '', layer?.digest ?? '', none, 'none']
  const command = new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests })
  const there = (content: typeof layer) => ({
    layerDigest: content?.digest,
    layerAvailability: 'AVAILABLE',
    layerSize: content?.body.length,
    mediaType: content?.mediaType,
  })
  expect(await members(sandbox.ecr().send(command))).toEqual({
    layers: [there(config), there(layer)],
    failures: [
      { layerDigest: none, failureCode: 'MissingLayerDigest', failureReason: 'Requested layer not found' },
      { layerDigest: 'none', failureCode: 'InvalidLayerDigest', failureReason: 'Requested layer not found' },
    ],
  })
})
