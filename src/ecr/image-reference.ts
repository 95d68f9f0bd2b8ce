/**
 * A named image. `docker pull debian` asks for `{ domain: 'docker.io', path: 'library/debian' }`.
 *
 * The words and the rules are those of https://github.com/distribution/reference, which docker, containerd, BuildKit
 * and Kubernetes read references with.
 */
export interface ImageReference {
  /**
   * The registry, with its port if it has one. Empty for a first part like `my_host.example`, which has a dot, but is no
   * domain: the grammar takes the whole for a path without a registry.
   */
  readonly domain: string
  /** The repository. On Docker Hub with its `library/`. */
  readonly path: string
  readonly tag?: string
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string
}

/** What a text can be instead of a reference, and how to say it. */
export const referenceProblems = {
  empty: 'no image is named',
  'too-long': 'it is longer than any reference',
  'image-id': '64 hexadecimal digits are the id of an image, not its name',
  'upper-case': 'the name of a repository has no upper-case letters',
  format: 'it is not of the form [DOMAIN/]PATH[:TAG][@DIGEST]',
  'long-path': 'the path of the repository is longer than 255 characters',
  digest: 'the digest is not sha256, sha384 or sha512 with as many lower-case hexadecimal digits as that has',
} as const

export type ReferenceProblem = keyof typeof referenceProblems

export type ParsedReference =
  | { readonly reference: ImageReference; readonly problem?: never }
  | { readonly problem: ReferenceProblem; readonly reference?: never }

/**
 * Longer than any reference that can be pulled: a host name of 253 characters, a port, a path of 255, a tag of 128 and
 * the longest digest. The grammar leaves the domain without a limit, and matching it takes time that grows with the
 * square of its length.
 */
const longestReference = 1024

/** The characters that a path may have. */
export const longestPath = 255

const dockerHub = 'docker.io'

const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const host = String.raw`(?:${label}(?:\.${label})*|\[[a-fA-F0-9:]+\])`
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const algorithm = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*'
const grammar = new RegExp(
  String.raw`^(?:(?<domain>${host}(?::[0-9]+)?)/)?(?<path>${component}(?:/${component})*)` +
    String.raw`(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>${algorithm}:[0-9a-fA-F]{32,}))?$`,
)

/** https://github.com/opencontainers/go-digest/blob/master/algorithm.go */
const knownDigest = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/

/**
 * Read a reference as docker does, short forms included: `ParseNormalizedNamed` of
 * https://github.com/distribution/reference/blob/main/normalize.go.
 *
 * It knows two names of Docker Hub, `docker.io` and `index.docker.io`; for the others see {@link canonicalReference}.
 */
export function parseReference(text: string): ParsedReference {
  if (text.length > longestReference) return { problem: 'too-long' }
  if (text === '') return { problem: 'empty' }
  if (/^[0-9a-f]{64}$/.test(text)) return { problem: 'image-id' }
  const [domain, remainder] = splitDomain(text)
  const [name = ''] = remainder.split(':', 1)
  if (name !== name.toLowerCase()) return { problem: 'upper-case' }

  const whole = `${domain}/${remainder}`
  const parts = grammar.exec(whole)?.groups
  if (!parts) return { problem: grammar.test(whole.toLowerCase()) ? 'upper-case' : 'format' }
  const { path = '', tag, digest } = parts
  if (path.length > longestPath) return { problem: 'long-path' }
  if (digest !== undefined && !knownDigest.test(digest)) return { problem: 'digest' }
  return {
    reference: {
      domain: parts['domain'] ?? '',
      path,
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest }),
    },
  }
}

/** What is before the first slash is a domain only if it looks like one; `localhost:5000` alone is an image. */
function splitDomain(text: string): readonly [domain: string, remainder: string] {
  const slash = text.indexOf('/')
  const first = text.slice(0, Math.max(slash, 0))
  const isDomain = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase()
  const domain = !isDomain || first === 'index.docker.io' ? dockerHub : first
  const remainder = isDomain ? text.slice(slash + 1) : text
  return [domain, domain === dockerHub && !remainder.includes('/') ? `library/${remainder}` : remainder]
}

/** Whether a text names its registry, rather than leaving it to docker to take Docker Hub. */
export function namesDomain(text: string): boolean {
  const [domain] = splitDomain(text)
  return domain !== dockerHub || /^(?:index\.)?docker\.io\//.test(text)
}

/**
 * A reference in full. What {@link parseReference} gave is read again as the same; `docker.io/debian`, made by hand, would
 * be read with `library/`.
 */
export function formatReference({ domain, path, tag, digest }: ImageReference): string {
  return [
    domain === '' ? path : `${domain}/${path}`,
    tag === undefined ? '' : `:${tag}`,
    digest === undefined ? '' : `@${digest}`,
  ].join('')
}

/**
 * A reference as docker shows it: without `docker.io/`, and without `library/` where only a name is left. For people:
 * `docker.io/acme.example/widgets` becomes `acme.example/widgets`, which reads as another registry’s.
 */
export function familiarReference(reference: ImageReference): string {
  const { domain, path } = reference
  if (domain !== dockerHub) return formatReference(reference)
  return formatReference({ ...reference, domain: '', path: path.replace(/^library\/(?!.*\/)/, '') })
}

/** Names of Docker Hub that the grammar takes for other registries. They are aliases to us alone. */
const ownAliases: readonly string[] = ['registry-1.docker.io', 'registry.hub.docker.com']

/**
 * The reference with one name for Docker Hub. No repository of Docker Hub has a path of one part, so that
 * `registry-1.docker.io/debian`, which docker itself could not pull, is taken for the official image.
 */
export function canonicalReference(reference: ImageReference): ImageReference {
  if (!ownAliases.includes(reference.domain)) return reference
  const path = reference.path.includes('/') ? reference.path : `library/${reference.path}`
  return { ...reference, domain: dockerHub, path }
}

/** What docker asks the registry for: the digest if there is one, else the tag, else `latest`. */
export function pulledReference({ domain, path, tag, digest }: ImageReference): ImageReference {
  return digest === undefined ? { domain, path, tag: tag ?? 'latest' } : { domain, path, digest }
}
