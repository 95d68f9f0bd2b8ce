import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeWithClients } from '../e2e/clients.ts'
import { pullthroughBin } from '../e2e/workplace.ts'
import { type Checkout, openCheckout } from './checkout.ts'

const registry = '123456789012.dkr.ecr.us-east-2.amazonaws.com'

/** A small project that runs on images of Docker Hub. */
const project = {
  Dockerfile: `FROM node:20 AS build
RUN npm ci
FROM debian:bookworm-slim
COPY --from=build /app /app
`,
  'compose.yaml': `services:
  web:
    build: .
  cache:
    image: bitnami/redis:7.2 # pinned
`,
  'deploy/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      containers:
        - name: proxy
          image: nginx:1.27
`,
} as const

/** Images of the project, as its files name them in the end. */
const images = ['library/node:20', 'library/debian:bookworm-slim', 'bitnami/redis:7.2', 'library/nginx:1.27']

async function writeProject(root: string): Promise<void> {
  for (const [name, text] of Object.entries(project)) {
    await mkdir(join(root, name, '..'), { recursive: true })
    await writeFile(join(root, name), text)
  }
}

const readProject = async (root: string) =>
  (await Promise.all(Object.keys(project).map((name) => readFile(join(root, name), 'utf8')))).join('')

/** What a team has when the documentation was followed: the credential in place, the rule made. */
async function teamWithCache(): Promise<Checkout> {
  const checkout = await openCheckout()
  onTestFinished(() => checkout.close())
  await checkout.initStack('main')
  await checkout.syncScript('main')
  await checkout.up('main')
  return checkout
}

describeWithClients('images, with the real skopeo', () => {
  test('flow through the cache: sync, pulumi up, rewrite, pull, and the account pays', async () => {
    const { world, infrastructure } = await teamWithCache()
    const app = join(world.directory, 'app')
    await writeProject(app)
    const rewrite = (...args: string[]) =>
      world.run('node', [pullthroughBin, 'rewrite', ...args, app], { cwd: infrastructure })
    const direct = ['--mode', 'direct', '--region', 'us-east-2']

    expect(await rewrite(...direct, '--check')).toMatchObject({ code: 2 })
    expect(await rewrite(...direct, '--write')).toMatchObject({ code: 0 })
    expect(await rewrite(...direct, '--check')).toMatchObject({ code: 0 })
    const written = [...(await readProject(app)).matchAll(/\S*amazonaws\.com\/\S+/g)].map(([image]) => image)
    expect(written).toEqual(images.map((image) => `${registry}/docker-hub/${image}`))

    // What the name of the host would be, on the real network.
    const address = world.sandbox.env['PULLTHROUGH_ECR_REGISTRY'] ?? ''
    const password = (await world.aws(['ecr', 'get-login-password', '--region', 'us-east-2'])).stdout.trim()
    const login = ['--username', 'AWS', '--password-stdin', '--tls-verify=false']
    await world.succeed('skopeo', ['login', ...login, address], { input: password })
    for (const [index, image] of written.entries()) {
      const source = `docker://${image.replace(registry, address)}`
      const to = `dir:${join(world.directory, `image-${index}`)}`
      await world.succeed('skopeo', ['copy', '--all', '--src-tls-verify=false', source, to])
    }

    const { aws, dockerHub } = await world.state()
    const repositories = aws['123456789012']?.['us-east-2']?.repositories ?? []
    expect(repositories.map(({ repositoryName }) => repositoryName).toSorted()).toEqual(
      images.map((image) => `docker-hub/${image.replace(/:.*/, '')}`).toSorted(),
    )
    const pulls = dockerHub.accounts.reduce((sum, account) => sum + account.pulls, 0)
    expect({ anonymous: dockerHub.anonymousPulls, isOnAccount: pulls >= images.length }).toEqual({
      anonymous: 0,
      isOnAccount: true,
    })

    // Back again, to the byte.
    expect(await rewrite(...direct, '--reverse', '--write')).toMatchObject({ code: 0 })
    expect(await readProject(app)).toBe(Object.values(project).join(''))
  })

  test('flow as before for whoever does not set the registry', async () => {
    const { world } = await teamWithCache()
    const app = join(world.directory, 'app')
    await writeProject(app)
    await world.succeed('node', [pullthroughBin, 'rewrite', '--write', app])
    const dockerfile = await readFile(join(app, 'Dockerfile'), 'utf8')
    expect(dockerfile).toBe(`ARG REGISTRY=docker.io
FROM \${REGISTRY}/library/node:20 AS build
RUN npm ci
FROM \${REGISTRY}/library/debian:bookworm-slim
COPY --from=build /app /app
`)
    expect(await readFile(join(app, 'compose.yaml'), 'utf8')).toContain(
      'image: ${REGISTRY:-docker.io}/bitnami/redis:7.2 # pinned\n',
    )
    expect(await readFile(join(app, 'deploy/web.yaml'), 'utf8')).toBe(project['deploy/web.yaml'])
  })
})
