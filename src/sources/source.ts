import type { Credential } from '../credential.ts'

/**
 * A place where a credential is read. Opening a source reads what is plain (which stack, which Region) and refuses
 * what can be refused at once; the credential itself, whose decryption takes time, follows on demand.
 *
 * Implementations live beside this file and are listed in `index.ts`.
 */
export interface OpenSource {
  /** Which source it is, by the name that `--source` takes. */
  readonly kind: 'pulumi' | 'env'

  /** Where the credential comes from, in words for the user: `stack dev of project acme-infra (Pulumi.dev.yaml)`. */
  readonly description: string

  /** The Region the source itself names (`aws:region` of the stack), if it does. */
  readonly region: string | undefined

  /** What the user should know, though nothing is wrong enough to stop. */
  readonly warnings: readonly string[]

  /**
   * Read the credential.
   *
   * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE`, `ERR_CREDENTIAL_MISSING` or `ERR_CREDENTIAL_INVALID`.
   */
  credential(): Promise<Credential>
}
