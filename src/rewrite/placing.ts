/**
 * How references are written: `arg` puts the registry into a variable whose default is the upstream, so that who does
 * not set it builds as before; `direct` writes the host of the cache.
 */
export type Mode = 'arg' | 'direct'

/** What becomes of one reference. */
export type Placed =
  /** It is to be written as `direct` writes it, whole: `123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian:12`. */
  | { readonly kind: 'direct'; readonly reference: string }
  /** It is to be written with a variable: `${REGISTRY}` and `/library/debian:12`. */
  | { readonly kind: 'arg'; readonly variable: Variable; readonly rest: string }
  /** It is back at the upstream (`reverse`), as docker shows it: `debian:12`. */
  | { readonly kind: 'upstream'; readonly reference: string }
  /** It stays, and nobody needs to hear why: it is there already, or of a registry that is not to be moved. */
  | { readonly kind: 'kept' }
  /** It stays, and one should know. */
  | { readonly kind: 'left'; readonly because: string }

/** The variable of one registry: `REGISTRY`, which is `docker.io` unless somebody sets it. */
export interface Variable {
  readonly name: string
  /** The registry as references name it. */
  readonly upstream: string
}

/** What every format asks about the references that it finds. */
export interface Placing {
  readonly mode: Mode
  /** Whether references go back from the cache to their upstreams. */
  readonly isReverse: boolean
  /** The variables that may be met: those of the registries that are moved; back, those of every registry that could have been. */
  readonly variables: readonly Variable[]
  /** What becomes of a reference without variables in it, as it is written: `debian:12`, `nginx@sha256:…`. */
  readonly place: (reference: string) => Placed
  /**
   * What becomes of a reference that starts with one of {@link variables}. Forward it is `kept`; back it is `upstream`.
   *
   * @param rest what is behind the slash that follows the variable: `library/debian:12`
   */
  readonly placeBehind: (variable: Variable, rest: string) => Placed
}
