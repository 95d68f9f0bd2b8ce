import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { World } from '../world.ts'
import { askAws } from './ask.ts'
import { clientConfig, watchRequests } from './client.ts'
import { parsePolicyDocument, type PolicyDocument } from './policy-document.ts'

/** What DescribeSecret tells of a secret: everything but its value. */
export interface SecretDescription {
  readonly arn: string
  /** The end of the recovery window, if the secret is scheduled for deletion. */
  readonly deletedDate: Date | undefined
  /** Absent for the AWS managed key. */
  readonly kmsKeyId: string | undefined
  readonly tags: Readonly<Record<string, string>>
  /** The AWS service that manages the secret, if one does. */
  readonly owningService: string | undefined
  /** Where the primary is, if the secret has replicas or is one. */
  readonly primaryRegion: string | undefined
  /** Staging labels by version id; a version without labels is not told. */
  readonly versions: Readonly<Record<string, readonly string[]>>
}

type Sdk = typeof import('@aws-sdk/client-secrets-manager')

/** A client of one Region, with the SDK it comes from. */
export interface SecretsManagerConnection {
  readonly client: SecretsManagerClient
  readonly sdk: Sdk
}

/**
 * Connect with the first call, not before: the SDK takes a while to import.
 *
 * @param onMutatingRequest called for each mutating request that is sent, retries included
 */
export function secretsManagerConnection(
  region: string,
  world: World,
  onMutatingRequest?: () => void,
): () => Promise<SecretsManagerConnection> {
  let connection: Promise<SecretsManagerConnection> | undefined
  return () =>
    (connection ??= import('@aws-sdk/client-secrets-manager').then((sdk) => {
      const client = new sdk.SecretsManagerClient(clientConfig('SECRETS_MANAGER', region, world))
      watchRequests(client, world, onMutatingRequest)
      return { client, sdk }
    }))
}

/** Looks at one secret without reading its value. */
export interface SecretReader {
  /**
   * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
   *
   * @returns `undefined` if there is no secret of the name.
   */
  describe(): Promise<SecretDescription | undefined>
  /**
   * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html
   *
   * @returns `undefined` if there is no policy, or no secret of the name.
   */
  policy(): Promise<PolicyDocument | undefined>
}

/** A reader for the secret of a name in one Region. Its calls throw what {@link askAws} throws. */
export function secretReader(
  { region, secretName: SecretId }: { readonly region: string; readonly secretName: string },
  connect: () => Promise<SecretsManagerConnection>,
  world: World,
): SecretReader {
  const ask = <Output>(operation: string, sent: Promise<Output>) =>
    askAws(sent, { service: 'secretsmanager', operation, region }, world, 'ResourceNotFoundException')
  const options = { abortSignal: world.signal }
  return {
    async describe() {
      const { client, sdk } = await connect()
      const found = await ask(
        'DescribeSecret',
        client.send(new sdk.DescribeSecretCommand({ SecretId }), options),
      )
      return (
        found && {
          arn: found.ARN ?? '',
          deletedDate: found.DeletedDate,
          kmsKeyId: found.KmsKeyId,
          tags: Object.fromEntries((found.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
          owningService: found.OwningService,
          primaryRegion: found.PrimaryRegion,
          versions: found.VersionIdsToStages ?? {},
        }
      )
    },
    async policy() {
      const { client, sdk } = await connect()
      const found = await ask(
        'GetResourcePolicy',
        client.send(new sdk.GetResourcePolicyCommand({ SecretId }), options),
      )
      return found?.ResourcePolicy === undefined ? undefined : parsePolicyDocument(found.ResourcePolicy)
    },
  }
}
