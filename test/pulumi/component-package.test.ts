import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Analyzer } from '@pulumi/pulumi/provider/experimental/analyzer.js'
import { expect, test } from 'vitest'

const directory = join(import.meta.dirname, '../../component')
const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
  name: string
  version: string
}
const own = JSON.parse(readFileSync(join(directory, '../package.json'), 'utf8')) as typeof manifest

test('what Pulumi runs exports the component', () => {
  const exported = createRequire(import.meta.url)(directory) as object
  expect(Object.keys(exported)).toContain('PullThroughCache')
})

test('is of the package’s name, which the type token begins with, and of its version', () => {
  expect({ name: manifest.name, version: manifest.version }).toEqual({ name: own.name, version: own.version })
})

test('has arguments and outputs that every language of Pulumi’s knows', () => {
  const { components, typeDefinitions } = new Analyzer(
    directory,
    manifest.name,
    manifest,
    new Set(['PullThroughCache']),
  ).analyze()
  const typesOf = (properties: Record<string, object>) =>
    Object.fromEntries(
      Object.entries(properties).map(([name, property]) => {
        const { type, $ref, plain = false, optional = false } = property as Record<string, unknown>
        return [
          name,
          [type ?? $ref, ...(plain ? ['plain'] : []), ...(optional ? ['optional'] : [])].join(' '),
        ]
      }),
    )
  const { inputs = {}, outputs = {} } = components['PullThroughCache'] ?? {}
  expect(typesOf(inputs)).toEqual({
    upstream: 'string plain optional',
    upstreamRegistryUrl: 'string plain optional',
    prefix: 'string plain optional',
    shared: 'boolean plain optional',
    existing: 'boolean plain optional',
    adopt: 'boolean plain optional',
    region: 'string optional',
    secretName: 'string plain optional',
    credentialArn: 'string optional',
    customRoleArn: 'string optional',
    upstreamRepositoryPrefix: 'string plain optional',
    repositories: '#/types/pullthrough:index:RepositoriesArgs plain optional',
  })
  expect(typesOf(outputs)).toEqual({
    prefix: 'string',
    registryUrl: 'string',
    credentialArn: 'string optional',
    pullPolicy: 'string',
  })
  expect(typesOf(typeDefinitions['RepositoriesArgs']?.properties ?? {})).toEqual({
    description: 'string optional',
    expireUntaggedAfterDays: 'number plain optional',
    lifecyclePolicy: 'string optional',
    repositoryPolicy: 'string optional',
    imageTagMutability: 'string optional',
    kmsKeyArn: 'string optional',
    resourceTags: 'object optional',
    customRoleArn: 'string optional',
  })
})
