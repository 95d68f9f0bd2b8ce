import { BatchDeleteImageCommand } from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { createImage } from '../../../../src/sandbox/oci/image.ts'
import { linuxAmd64 } from '../../../../src/sandbox/oci/platform.ts'
import { debian, errorOf, hours, receive, repositoryUnknown, startPullSandbox } from './pull-world.ts'

const redis = '/v2/docker-hub/bitnami/redis'
const { blobs } = createImage({ name: 'bitnami/redis:7.2', platforms: [linuxAmd64] })
const [, , layer] = blobs
const digest = layer?.digest ?? ''
const body = layer?.body ?? Buffer.alloc(0)

/** With the image, and the address that its last layer is downloaded from. */
async function started() {
  const sandbox = await startPullSandbox()
  await sandbox.registry(`${redis}/manifests/7.2`)
  const { headers } = await sandbox.registry(`${redis}/blobs/${digest}`)
  return { ...sandbox, address: new URL(headers['location'] ?? '') }
}

test('sends whoever gets a layer to a signed address of another host name', async () => {
  const { registry, address, host } = await started()
  expect([address.hostname, address.port]).toEqual(['localhost', new URL(`http://${host}`).port])
  const { status, body: sent } = await receive(address)
  expect([status, sent]).toEqual([200, body])
  const { headers } = await registry(`${redis}/blobs/${digest}`, {
    headers: { host: `localhost:${address.port}` },
  })
  expect(new URL(headers['location'] ?? '').hostname).toBe('127.0.0.1')
})

test('tells of a layer by HEAD what GET would get', async () => {
  const { registry } = await started()
  const { status, headers, body: nothing } = await registry(`${redis}/blobs/${digest}`, { method: 'HEAD' })
  expect([status, headers['content-length'], headers['docker-content-digest'], nothing.length]).toEqual([
    200,
    String(body.length),
    digest,
    0,
  ])
})

test.each([
  ['bytes=0-3', 206, 0, 4],
  ['bytes=10-', 206, 10, undefined],
  ['bytes=-5', 206, -5, undefined],
])('sends the part %s', async (range, status, from, to) => {
  const { address } = await started()
  const answer = await receive(address, { headers: { range } })
  expect([answer.status, answer.body]).toEqual([status, body.subarray(from, to)])
})

test('sends no part that is not there', async () => {
  const { address } = await started()
  expect((await receive(address, { headers: { range: `bytes=${body.length}-` } })).status).toBe(416)
})

function xmlError(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`
}

const mismatch = xmlError(
  'SignatureDoesNotMatch',
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
)

test('takes no login at a signed address', async () => {
  const { address, token } = await started()
  const answer = await receive(address, { headers: { authorization: `Basic ${await token()}` } })
  expect([answer.status, answer.body.toString()]).toEqual([
    400,
    xmlError(
      'InvalidArgument',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    ),
  ])
})

test.each<[title: string, spoil: (address: URL) => void]>([
  ['another layer', (address) => (address.pathname = address.pathname.replace(/.$/, 'x'))],
  [
    'no signature',
    (address) => {
      address.searchParams.delete('X-Amz-Signature')
    },
  ],
  [
    'a wrong signature',
    (address) => {
      address.searchParams.set('X-Amz-Signature', 'ab'.repeat(32))
    },
  ],
  [
    'another date',
    (address) => {
      address.searchParams.set('X-Amz-Date', '2030-01-01T00:00:00.000Z')
    },
  ],
  [
    'a longer life',
    (address) => {
      address.searchParams.set('X-Amz-Expires', '604800')
    },
  ],
])('refuses an address with %s', async (_, spoil) => {
  const { address } = await started()
  spoil(address)
  const answer = await receive(address)
  expect([answer.status, answer.body.toString()]).toEqual([403, mismatch])
})

test('an address is for GET, and for an hour', async () => {
  const { address, clock } = await started()
  expect((await receive(address, { method: 'HEAD' })).status).toBe(403)
  clock.advance(hours(1) - 60_000)
  expect((await receive(address)).status).toBe(200)
  clock.advance(120_000)
  const { status, body: sent } = await receive(address)
  expect([status, sent.toString()]).toEqual([403, xmlError('AccessDenied', 'Request has expired')])
})

test('does not give out what no image has, or has no more', async () => {
  const sandbox = await started()
  const { registry, address } = sandbox
  const unknown = [404, 'BLOB_UNKNOWN', 'blob unknown to registry']
  expect(errorOf(await registry(`${redis}/blobs/sha256:${'0'.repeat(64)}`))).toEqual(unknown)
  expect(errorOf(await registry(`${debian}/blobs/${digest}`))).toEqual(
    repositoryUnknown('docker-hub/library/debian'),
  )
  await sandbox.ecr().send(
    new BatchDeleteImageCommand({
      repositoryName: 'docker-hub/bitnami/redis',
      imageIds: [{ imageTag: '7.2' }],
    }),
  )
  expect(errorOf(await registry(`${redis}/blobs/${digest}`))).toEqual(unknown)
  const { status, body: sent } = await receive(address)
  expect([status, sent.toString()]).toEqual([404, xmlError('NoSuchKey', 'The specified key does not exist.')])
})
