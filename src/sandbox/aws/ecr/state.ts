import { repositoryArn } from './authorization.ts'
import { registryHost } from './authorization-token.ts'
import { sizeOf } from './image.ts'
import type { EcrStore, Registry } from './store.ts'

/** What `GET /state` tells of one account's ECR in one Region; ISO dates, and null for what is not there. */
export interface EcrState {
  readonly rules: readonly Readonly<Record<string, unknown>>[]
  readonly templates: readonly Readonly<Record<string, unknown>>[]
  readonly repositories: readonly Readonly<Record<string, unknown>>[]
}

export const emptyEcrState: EcrState = { rules: [], templates: [], repositories: [] }

/** Everything by account and Region, registries that hold nothing left out. */
export function ecrStates(store: EcrStore): ReadonlyMap<string, ReadonlyMap<string, EcrState>> {
  const accounts = new Map<string, Map<string, EcrState>>()
  for (const registry of store.registries()) {
    const { account, region, rules, templates, repositories } = registry
    if (rules.size + templates.size + repositories.size === 0) continue
    const regions = accounts.get(account) ?? new Map<string, EcrState>()
    accounts.set(account, regions.set(region, ecrState(registry)))
  }
  return accounts
}

function ecrState(registry: Registry): EcrState {
  return {
    rules: [...registry.rules.values()].map((rule) => ({
      ecrRepositoryPrefix: rule.ecrRepositoryPrefix,
      upstreamRegistryUrl: rule.upstreamRegistryUrl,
      upstreamRegistry: rule.upstreamRegistry,
      credentialArn: rule.credentialArn ?? null,
      customRoleArn: rule.customRoleArn ?? null,
      upstreamRepositoryPrefix: rule.upstreamRepositoryPrefix ?? null,
      createdAt: rule.createdAt.toISOString(),
      updatedAt: rule.updatedAt.toISOString(),
    })),
    templates: [...registry.templates.values()].map((template) => ({
      ...template,
      createdAt: template.createdAt.toISOString(),
      updatedAt: template.updatedAt.toISOString(),
    })),
    repositories: [...registry.repositories.values()].map((repository) => ({
      repositoryName: repository.name,
      repositoryArn: repositoryArn(registry, repository.name),
      repositoryUri: `${registryHost(registry)}/${repository.name}`,
      createdAt: repository.createdAt.toISOString(),
      images: repository.images.map((image) => ({
        imageDigest: image.imageDigest,
        imageTags: image.imageTags,
        imagePushedAt: image.imagePushedAt.toISOString(),
        imageManifestMediaType: image.manifest.mediaType,
        imageSizeInBytes: sizeOf(image, repository),
        lastRecordedPullTime: image.lastRecordedPullTime?.toISOString() ?? null,
      })),
    })),
  }
}
