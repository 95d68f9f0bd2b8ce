import { describe, expect, test } from 'vitest'
import { rewriteText } from '../../src/rewrite/rewrite-text.ts'
import { arg, back, direct } from './placings.ts'

const places: readonly (readonly [path: string, text: (value: string) => string])[] = [
  ['compose.yaml', (value) => `services: {a: {image: ${JSON.stringify(value)}}}\n`],
  [
    'pod.yaml',
    (value) => `apiVersion: v1\nkind: Pod\ncontainers: [{name: a, image: ${JSON.stringify(value)}}]\n`,
  ],
  [
    'values.yaml',
    (value) => `image: ${JSON.stringify(value)}\nother: {image: {repository: ${JSON.stringify(value)}}}\n`,
  ],
  [
    '.gitlab-ci.yml',
    (value) => `a: {image: ${JSON.stringify(value)}, services: [${JSON.stringify(value)}]}\n`,
  ],
  ['ci.yml', (value) => `on: push\njobs: {a: {container: ${JSON.stringify(value)}}}\n`],
  ['buildspec.yml', (value) => `phases: {a: {commands: [${JSON.stringify(`docker pull ${value}`)}]}}\n`],
  [
    'skaffold.yaml',
    (value) => `apiVersion: skaffold/v4\nverify: [{container: {image: ${JSON.stringify(value)}}}]\n`,
  ],
  ['kustomization.yaml', (value) => `images: [{newName: ${JSON.stringify(value)}}]\n`],
  ['devcontainer.json', (value) => `{"image": ${JSON.stringify(value)}}`],
]

const values: readonly (readonly [name: string, value: string])[] = [
  ['braces that are not closed', '${'.repeat(40_000)],
  ['templates that are not closed', '{{'.repeat(40_000)],
  ['expressions that are not closed', '${{'.repeat(20_000)],
  ['a long name', 'a/'.repeat(40_000)],
  ['a long host', `${'a.'.repeat(40_000)}io/x`],
  ['many colons', ':'.repeat(40_000)],
  ['many dollars', '$'.repeat(40_000)],
]

describe.each(places)('in %s', (path, text) => {
  test.each(values)('%s are no image, and nobody waits for them', (_, value) => {
    const start = performance.now()
    for (const placing of [arg, direct, back]) {
      const rewritten = rewriteText({ path, text: text(value) }, placing)
      expect(rewritten?.edits).toBe(0)
      for (const { reference } of rewritten?.left ?? []) expect(reference.length).toBeLessThanOrEqual(201)
    }
    expect(performance.now() - start).toBeLessThan(4000)
  })
})
