import type { Caller } from '../aws/caller.ts'
import { type ActionsOnResource, type Permissions } from '../aws/permissions.ts'
import { parsePolicyDocument, type PolicyDocument } from '../aws/policy-document.ts'
import { pulledReference } from '../ecr/image-reference.ts'
import { pullPath, type PullPath, withLibraryMended } from '../ecr/pull-path.ts'
import type { CacheRule, CreationTemplate, EcrRegistry, Validation } from '../ecr/registry.ts'
import { formatReference } from '../ecr/image-reference.ts'
import { loginAction, repositoryActions, repositoryArn } from '../ecr/pull-permission.ts'
import type { ImageAtDockerHub } from '../registries/docker-hub-image.ts'
import { type Answered, answered } from './finding.ts'

/** Who pulls: whatever pulls as docker does, or Lambda, which cannot pull through a rule. */
export type PullClient = 'docker' | 'lambda'

/** Everything that one Region of the account, IAM and Docker Hub answered about an image. */
export interface ImageFacts {
  readonly region: string
  readonly client: PullClient
  readonly caller: Answered<Caller>
  readonly rules: Answered<readonly CacheRule[]>
  readonly templates: Answered<readonly CreationTemplate[]>
  readonly registryPolicy: Answered<PolicyDocument | undefined>
  readonly path: PullPath<CacheRule>
  /** What follows is `undefined` where the path does not lead there. */
  readonly hasRepository: Answered<boolean> | undefined
  readonly hasImage: Answered<boolean> | undefined
  readonly permissions: Answered<Permissions> | undefined
  readonly validation: Answered<Validation | undefined> | undefined
  readonly atDockerHub: Answered<ImageAtDockerHub> | undefined
}

/** How the way of an image is asked about. */
export interface ImageQuestions {
  readonly registry: EcrRegistry
  readonly caller: Promise<Caller>
  /** What the caller’s own policies allow. */
  readonly simulate: (caller: Caller, wanted: readonly ActionsOnResource[]) => Promise<Permissions>
  readonly dockerHub: (image: {
    readonly repository: string
    readonly reference: string
  }) => Promise<ImageAtDockerHub>
}

/**
 * Ask everything about an image: first what does not hang on its path, all at once, then the rest, all at once. Nothing
 * is pulled.
 *
 * @param image a text that the grammar takes for an image
 */
export async function observeImage(
  image: string,
  { region, client }: Pick<ImageFacts, 'region' | 'client'>,
  { registry, caller: asked, simulate, dockerHub }: ImageQuestions,
): Promise<ImageFacts> {
  const [caller, rules, templates, registryPolicy] = await Promise.all([
    answered(asked),
    answered(registry.rules()),
    answered(registry.templates()),
    answered(
      registry.registryPolicy().then((text) => (text === undefined ? undefined : parsePolicyDocument(text))),
    ),
  ])
  const found = pullPath(image, rules.value ?? [])
  const named = 'problem' in found ? {} : found
  // The rules of this registry say nothing about another's.
  const path = isHere(named, { region, caller }) ? named : elsewhere(named)
  const isAsked = path === named
  const cached = isAsked ? path.cached : undefined
  const rule = isAsked ? path.rule : undefined
  const [hasRepository, hasImage, permissions, validation, atDockerHub] = await Promise.all([
    cached && answered(registry.hasRepository(cached.path)),
    cached && answered(registry.hasImage(cached.path, imageIdOf(cached))),
    cached && caller.value && answered(simulate(caller.value, wantedOn(cached.path, region, caller.value))),
    rule && answered(registry.validate(rule.ecrRepositoryPrefix)),
    askDockerHub(path, dockerHub),
  ])
  return {
    region,
    client,
    caller,
    rules,
    templates,
    registryPolicy,
    path,
    hasRepository,
    hasImage,
    permissions,
    validation,
    atDockerHub,
  }
}

/** Whether the path’s registry, if it names one, is the caller’s in this Region. */
export function isHere(
  { registry }: PullPath<CacheRule>,
  { region, caller }: Pick<ImageFacts, 'region' | 'caller'>,
): boolean {
  if (registry === undefined) return true
  const isOwn = caller.value === undefined || caller.value.account === registry.account
  return registry.region === region && isOwn
}

function elsewhere({ registry, cached }: PullPath<CacheRule>): PullPath<CacheRule> {
  return { ...(registry ? { registry } : {}), ...(cached ? { cached } : {}) }
}

/** The image that is meant, at its upstream: with `library/` as Docker Hub has it. */
export function meantUpstream({ upstream, mistake }: PullPath<CacheRule>) {
  if (upstream === undefined || mistake === undefined) return upstream
  return { ...upstream, path: withLibraryMended(upstream.path, mistake) }
}

async function askDockerHub(path: PullPath<CacheRule>, dockerHub: ImageQuestions['dockerHub']) {
  const upstream = meantUpstream(path)
  if (upstream?.domain !== 'docker.io') return undefined
  const { path: repository, tag, digest } = pulledReference(upstream)
  return answered(dockerHub({ repository, reference: digest ?? tag ?? 'latest' }))
}

function imageIdOf(cached: NonNullable<PullPath<CacheRule>['cached']>) {
  const { tag, digest } = pulledReference({ domain: '', ...cached })
  return digest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest: digest }
}

function wantedOn(
  path: string,
  region: string,
  { account, partition }: Caller,
): readonly ActionsOnResource[] {
  return [
    { actions: [loginAction] },
    { actions: repositoryActions, resource: repositoryArn({ account, partition, region }, path) },
  ]
}

/** The target of an image’s findings: `us-east-1 docker-hub/library/debian:12`. */
export function imageTarget({ region, path: { cached, upstream } }: Pick<ImageFacts, 'region' | 'path'>) {
  if (cached) return `${region} ${formatReference({ domain: '', ...cached })}`
  return upstream ? `${region} ${formatReference(upstream)}` : region
}
