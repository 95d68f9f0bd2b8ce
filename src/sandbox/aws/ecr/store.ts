import { randomBytes } from 'node:crypto'
import { createLayerUrls, type LayerUrls } from './layer-url.ts'
import type { Imported } from './pull-through/import-image.ts'
import type { Repository } from './repository.ts'
import type { Rule } from './rule.ts'
import type { Template } from './template.ts'

/** The private registry that an account has in a Region. */
export interface Registry {
  readonly account: string
  readonly region: string
  /** By prefix, without a slash at the end. */
  readonly rules: Map<string, Rule>
  /** By prefix, without a slash at the end. */
  readonly templates: Map<string, Template>
  /** By name. */
  readonly repositories: Map<string, Repository>
  /** The registry policy as it was sent. */
  policy: string | undefined
  /** Under way, by repository and tag: who wants the same image waits for it. */
  readonly imports: Map<string, Promise<Imported>>
}

/** Whom the password of an authorization token lets in: to every registry of a Region that he may reach. */
interface RegistryLogin {
  /** The ARN of who asked for the token. */
  readonly caller: string
  /** Whose registry it was asked for. */
  readonly account: string
  readonly region: string
  readonly expiresAt: Date
}

/** Every registry of every account and Region, and the passwords that were given out for them. */
export interface EcrStore {
  registry(place: { readonly account: string; readonly region: string }): Registry
  registries(): readonly Registry[]
  /** @returns a password that nobody can guess */
  giveOutPassword(login: RegistryLogin): string
  /** What a password is good for, or was until it expired; `undefined` for one that is unknown. */
  findLogin(password: string): RegistryLogin | undefined
  /** Where layers are downloaded from. */
  readonly layerUrls: LayerUrls
  clear(): void
}

export function createEcrStore(): EcrStore {
  const registries = new Map<string, Registry>()
  const logins = new Map<string, RegistryLogin>()
  return {
    registry({ account, region }) {
      const key = `${account} ${region}`
      const known = registries.get(key)
      if (known) return known
      const empty: Registry = {
        account,
        region,
        rules: new Map(),
        templates: new Map(),
        repositories: new Map(),
        policy: undefined,
        imports: new Map(),
      }
      registries.set(key, empty)
      return empty
    },
    registries: () => [...registries.values()],
    giveOutPassword(login) {
      const password = randomBytes(96).toString('base64')
      logins.set(password, login)
      return password
    },
    findLogin: (password) => logins.get(password),
    layerUrls: createLayerUrls(),
    clear() {
      registries.clear()
      logins.clear()
    },
  }
}
