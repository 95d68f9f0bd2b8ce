import type { ValueOf } from '../shape.ts'
import { authorizedRepositories, repositoryArn } from './authorization.ts'
import { registryHost } from './authorization-token.ts'
import type { Call, Output } from './call.ts'
import {
  invalidTag,
  repositoryExists,
  repositoryNotEmpty,
  repositoryNotFound,
  tooManyTags,
} from './errors.ts'
import { listed } from './listed.ts'
import { checkExclusions, checkTags } from './repository-settings.ts'
import { plainRepository, type Repository, type Tag } from './repository.ts'
import type { shapes } from './shapes.ts'
import type { Registry } from './store.ts'

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
export function createRepository(call: Call, input: ValueOf<(typeof shapes)['CreateRepository']>): Output {
  const { registryId, repositoryName: name, tags = [] } = input
  const registry = authorizedRepositories(call, { registryId, name, tags })
  if (tags.length > 0) authorizedRepositories(call, { registryId, name, tags, action: 'ecr:TagResource' })
  checkExclusions(input)
  checkRepositoryTags(tags)
  if (registry.repositories.has(name)) throw repositoryExists(name, registry.account)
  const plain = plainRepository(name, call.now)
  const repository: Repository = {
    ...plain,
    imageTagMutability: input.imageTagMutability ?? plain.imageTagMutability,
    imageTagMutabilityExclusionFilters: input.imageTagMutabilityExclusionFilters,
    scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? plain.scanOnPush,
    encryptionConfiguration: input.encryptionConfiguration ?? plain.encryptionConfiguration,
    tags,
  }
  registry.repositories.set(name, repository)
  return { repository: description(repository, registry) }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html */
export function describeRepositories(
  call: Call,
  input: ValueOf<(typeof shapes)['DescribeRepositories']>,
): Output {
  const { registryId, repositoryNames = ['*'] } = input
  const [registry] = repositoryNames.map((name) => authorizedRepositories(call, { registryId, name }))
  if (!registry) throw new TypeError('a list of names has one at least')
  const { items, nextToken } = listed([...registry.repositories.values()], {
    input,
    naming: 'repositoryNames',
    named: input.repositoryNames,
    find: (name) => findRepository(registry, name),
  })
  return { repositories: items.map((repository) => description(repository, registry)), nextToken }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html */
export function deleteRepository(
  call: Call,
  { registryId, repositoryName: name, force = false }: ValueOf<(typeof shapes)['DeleteRepository']>,
): Output {
  const registry = authorizedRepositories(call, { registryId, name })
  const repository = findRepository(registry, name)
  if (repository.images.length > 0 && !force) throw repositoryNotEmpty(name, registry.account)
  registry.repositories.delete(name)
  return { repository: description(repository, registry) }
}

/** @throws `RepositoryNotFoundException` */
export function findRepository({ repositories, account }: Registry, name: string): Repository {
  const repository = repositories.get(name)
  if (!repository) throw repositoryNotFound(name, account)
  return repository
}

/** A repository as ECR shows it: its tags and images are for other operations. */
function description(repository: Repository, registry: Registry): Output {
  const { name } = repository
  return {
    repositoryArn: repositoryArn(registry, name),
    registryId: registry.account,
    repositoryName: name,
    repositoryUri: `${registryHost(registry)}/${name}`,
    createdAt: repository.createdAt,
    imageTagMutability: repository.imageTagMutability,
    imageTagMutabilityExclusionFilters: repository.imageTagMutabilityExclusionFilters,
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: repository.encryptionConfiguration,
  }
}

function checkRepositoryTags(tags: readonly Tag[]): void {
  if (tags.length > 50) throw tooManyTags()
  if (tags.some(({ Key, Value }) => Key === '' || Key.length > 128 || Value.length > 256)) throw invalidTag()
  checkTags(tags)
}
