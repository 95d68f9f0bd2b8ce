import type { ValueOf } from '../shape.ts'
import type { shapes } from './shapes.ts'

type Settings = ValueOf<(typeof shapes)['CreateRepositoryCreationTemplate']>

/** A repository creation template: what was sent, and what is assumed where nothing was. */
export type Template = Omit<Settings, 'imageTagMutabilityExclusionFilters'> & {
  readonly encryptionConfiguration: NonNullable<Settings['encryptionConfiguration']>
  readonly imageTagMutability: string
  readonly imageTagMutabilityExclusionFilters: Settings['imageTagMutabilityExclusionFilters'] | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
}
