import { devcontainer } from './devcontainer/devcontainer.ts'
import { dockerfile } from './dockerfile/dockerfile.ts'
import type { Format, NamedText } from './format.ts'
import { buildspec } from './yaml/buildspec.ts'
import { compose } from './yaml/compose.ts'
import { githubActions } from './yaml/github-actions.ts'
import { gitlabCi } from './yaml/gitlab-ci.ts'
import { helmValues } from './yaml/helm-values.ts'
import { kubernetes } from './yaml/kubernetes.ts'
import { kustomize } from './yaml/kustomize.ts'
import { skaffold } from './yaml/skaffold.ts'

/** The kinds of files that are known. A file is of the first that recognises it. */
export const formats: readonly Format[] = [
  dockerfile,
  devcontainer,
  compose,
  gitlabCi,
  githubActions,
  buildspec,
  skaffold,
  kustomize,
  helmValues,
  kubernetes,
]

/** The kinds that a file of this name can be. */
export function formatsOfName(path: string): readonly Format[] {
  return formats.filter((format) => format.mayBe(path))
}

/** The kind that a file is; `undefined` if none of them knows it. */
export function formatOf(file: NamedText): Format | undefined {
  return formatsOfName(file.path).find((format) => format.recognises(file))
}
