import { describe, expect, test } from 'vitest'
import { formatOf, formatsOfName } from '../../src/rewrite/formats.ts'

const pod = 'apiVersion: v1\nkind: Pod\n'
const workflow = 'on: push\njobs: {}\n'

describe('a file is recognised', () => {
  test.each([
    ['compose.yaml', '', 'Compose'],
    ['compose.yml', '', 'Compose'],
    ['a/b/docker-compose.yml', '', 'Compose'],
    ['docker-compose.prod.yaml', '', 'Compose'],
    ['docker-compose-test.yml', '', 'Compose'],
    ['compose.override.yaml', '', 'Compose'],
    ['.gitlab-ci.yml', '', 'GitLab CI'],
    ['ci/api.gitlab-ci.yaml', '', 'GitLab CI'],
    ['.github/workflows/ci.yml', '', 'GitHub Actions'],
    ['a/.github/workflows/ci.yaml', '', 'GitHub Actions'],
    ['ci.yml', workflow, 'GitHub Actions'],
    ['ci.yml', '"on": push\njobs:\n', 'GitHub Actions'],
    ['action.yml', 'name: x\nruns:\n  using: docker\n', 'GitHub Actions'],
    ['lint/action.yaml', '\uFEFFruns:\n', 'GitHub Actions'],
    ['buildspec.yml', 'version: 0.2\nphases:\n', 'buildspec'],
    ['buildspec-prod.yaml', 'batch:\n', 'buildspec'],
    ['api.buildspec.yml', 'phases:\n', 'buildspec'],
    ['skaffold.yaml', 'apiVersion: skaffold/v4beta11\nkind: Config\n', 'Skaffold'],
    ['other.yml', 'kind: Config\napiVersion: "skaffold/v4beta11"\n', 'Skaffold'],
    ['kustomization.yaml', '', 'Kustomize'],
    ['base/kustomization.yml', '', 'Kustomize'],
    ['base/Kustomization', '', 'Kustomize'],
    ['x.yaml', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Component\n', 'Kustomize'],
    ['flux.yaml', 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n', 'Kubernetes'],
    ['values.yaml', '', 'Helm values'],
    ['charts/a/values-prod.yml', '', 'Helm values'],
    ['values.prod.yaml', '', 'Helm values'],
    ['prod.values.yaml', '', 'Helm values'],
    ['prod-values.yaml', '', 'Helm values'],
    ['values.yaml', pod, 'Kubernetes'],
    ['pod.yaml', pod, 'Kubernetes'],
    ['pod.yml', `# c\r\n---\r\n"kind": Pod\r\n'apiVersion': v1\r\n`, 'Kubernetes'],
    ['devcontainer.json', '', 'Dev container'],
    ['.devcontainer.json', '', 'Dev container'],
    ['.devcontainer/go/devcontainer.json', '', 'Dev container'],
    ['Dockerfile', '', 'Dockerfile'],
  ])('%s with %j', (path, text, name) => {
    expect(formatOf({ path, text })?.name).toBe(name)
  })
})

describe('a file is of no kind', () => {
  test.each([
    ['data.yaml', 'image: redis:7\n'],
    ['data.yaml', 'apiVersion: v1\n'],
    ['data.yaml', 'a:\n  apiVersion: v1\n  kind: Pod\n'],
    ['data.yaml', 'on: 1\n'],
    ['recompose.yaml', 'services: {a: {image: redis:7}}\n'],
    ['compose.json', '{}'],
    ['docker-composer.yml', ''],
    ['gitlab-ci.yml', 'test: {image: redis:7}\n'],
    ['action.yml', 'name: x\n'],
    ['buildspec.yml', 'version: 0.2\n'],
    ['buildspecs/x.yml', 'phases:\n'],
    ['evalues.yaml', 'image: redis:7\n'],
    ['pod.json', '{"apiVersion": "v1", "kind": "Pod"}'],
    ['kustomization.txt', ''],
    ['my-devcontainer.json', '{}'],
    ['README.md', pod],
  ])('%s with %j', (path, text) => {
    expect(formatOf({ path, text })).toBeUndefined()
  })

  test('if its name can be of none, before it is read', () => {
    expect(
      ['a.md', 'a.json', 'compose', 'yaml', 'a.yaml.bak'].flatMap((path) => formatsOfName(path)),
    ).toEqual([])
  })
})
