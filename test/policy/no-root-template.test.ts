import { beforeAll, expect, test } from 'vitest'
import { type Analyzer, servePack, unknown } from './served-pack.ts'

let analyzer: Analyzer
beforeAll(async () => {
  analyzer = await servePack()
})

const classic = 'aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate'
const native = 'aws-native:ecr:RepositoryCreationTemplate'

test.each([classic, native])('%s for ROOT is refused', async (type) => {
  await expect(analyzer.analyze({ type, name: 'all', props: { prefix: 'ROOT' } })).resolves.toEqual([
    {
      policy: 'no-root-template',
      level: 'mandatory',
      message: 'Its prefix is ROOT. Give it the ecrRepositoryPrefix of your cache rule.',
      on: `${type}::all`,
    },
  ])
})

test.each([
  [classic, { prefix: 'docker-hub' }],
  [classic, { prefix: 'root' }],
  [classic, { prefix: 'ROOT/x' }],
  [classic, {}],
  [native, { prefix: 'docker-hub-dev' }],
  ['aws:ecr/pullThroughCacheRule:PullThroughCacheRule', { prefix: 'ROOT' }],
])('%s %j is allowed', async (type, props) => {
  await expect(analyzer.analyze({ type, props })).resolves.toEqual([])
})

test('a prefix that is not known in a preview is said to be, and does not stop it', async () => {
  const [violation, ...more] = await analyzer.analyze({ type: classic, props: { prefix: unknown } })
  expect(more).toEqual([])
  expect(violation).toEqual({
    policy: 'no-root-template',
    level: 'advisory',
    message:
      "can't run policy 'no-root-template' from policy pack 'pullthrough@v0.1.0' during preview: string value at .prefix can't be known during preview",
    on: `${classic}::it`,
  })
})
