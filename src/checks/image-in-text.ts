import {
  canonicalReference,
  formatReference,
  parseReference,
  type ImageReference,
} from '../ecr/image-reference.ts'
import { formatRegistryHost } from '../ecr/registry-host.ts'
import { oneLine } from './error-texts.ts'

/** Where texts have an image, most telling first; each gives the reference as it would be written. */
const places: readonly {
  readonly pattern: RegExp
  readonly reference: (groups: Readonly<Record<string, string>>) => string
}[] = [
  // https://HOST/v2/PATH/manifests/TAG
  {
    pattern:
      /https?:\/\/(?<host>[a-z0-9.:-]{1,255})\/v2\/(?<path>[a-z0-9._/-]{1,255})\/manifests\/(?<version>[\w.:-]{1,200})/gi,
    reference: ({ host = '', path = '', version = '' }) => `${host}/${path}${versionOf(version)}`,
  },
  // An ECR URI; GitHub masks the account.
  {
    pattern:
      /(?<![\w/.])(?<host>(?:\d{12}|\*{3})\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]{5,40}\.[a-z.]{6,30}\/)(?<path>[\w./:@-]{1,700})/gi,
    reference: ({ host = '', path = '' }) => (host.startsWith('*') ? path : `${host}${path}`),
  },
  // skopeo and podman.
  {
    pattern: /reading manifest (?<version>[\w.:-]{1,200}) in (?<name>[\w./:-]{1,500})/gi,
    reference: ({ version = '', name = '' }) => `${name.replace(/:$/, '')}${versionOf(version)}`,
  },
  // docker, containerd, BuildKit and ECS, which say nothing but an image after these words.
  {
    pattern:
      /(?:pull access denied for|(?<!no matching )manifest for|failed to resolve ref(?:erence)?|failed to resolve source metadata for|load metadata for|parse image name|docker:\/\/)[: ]{0,2}["']?(?<name>[\w.@][\w./:@-]{0,700})/gi,
    reference: whole,
  },
  // A Dockerfile’s line.
  {
    pattern: /\bFROM (?:--platform=[^ ]{1,60} )?(?<name>[\w.@][\w./:@-]{0,700})/g,
    reference: whole,
  },
  // kubelet and docker run quote the image.
  {
    pattern: /(?:pull|pulling|unpack|find) image ["'](?<name>[\w.@][\w./:@-]{0,700})["']/gi,
    reference: whole,
  },
  {
    pattern: /repository (?<name>[\w.][\w./:@-]{0,700}) not found/gi,
    reference: whole,
  },
  {
    pattern: /source image (?<name>[\w.][\w./:@-]{0,700}) (?:does not exist|is not valid)/gi,
    reference: whole,
  },
  {
    pattern: /failed to solve: (?<name>[\w.][\w./:@-]{0,700}):/gi,
    reference: whole,
  },
  // A command line; what has neither a path nor a tag may be any word.
  {
    pattern: /(?:docker|podman) pull (?<name>[\w.][\w.-]{0,200}[/:@][\w./:@-]{0,500})/gi,
    reference: whole,
  },
  // What IAM and ECR's API say, without a tag.
  {
    pattern:
      /arn:aws[a-z-]{0,20}:ecr:(?<region>[a-z0-9-]{5,40}):(?<account>\d{12}):repository\/(?<path>[a-z0-9._/-]{1,300})/gi,
    reference: ({ region = '', account = '', path = '' }) => `${formatRegistryHost(account, region)}/${path}`,
  },
  {
    pattern: /repository with name '(?<path>[a-z0-9._/-]{1,300})'/gi,
    reference: ({ path = '' }) => path,
  },
]

function whole({ name = '' }: Readonly<Record<string, string>>): string {
  return name
}

/** Words that BuildKit has where an image may be. */
const notImages: readonly string[] = ['failed', 'canceled']

/**
 * Find the image that an error text is about, in full as `docker pull` takes it, without `docker.io/library/` where it
 * was not written. What has a tag or a digest is preferred. `undefined` if there is none.
 */
export function imageIn(text: string): string | undefined {
  const line = oneLine(text)
  const found = places.flatMap(({ pattern, reference }) =>
    [...line.matchAll(pattern)].flatMap(({ groups }) => {
      const image = readable(reference(groups ?? {}))
      return image === undefined ? [] : [image]
    }),
  )
  const isVersioned = ({ reference: { tag, digest } }: FoundImage) =>
    tag !== undefined || digest !== undefined
  return (found.find(isVersioned) ?? found[0])?.text
}

interface FoundImage {
  readonly text: string
  readonly reference: ImageReference
}

function readable(candidate: string): FoundImage | undefined {
  const text = candidate.replace(/[.:,;@/-]+$/, '')
  const { reference } = parseReference(text)
  if (reference === undefined || notImages.includes(text) || /dckr_[po]at_/i.test(text)) return undefined
  const canonical = canonicalReference(reference)
  return canonical === reference
    ? { text, reference }
    : { text: formatReference(canonical), reference: canonical }
}

/** A tag or a digest, as it stands behind a name. */
function versionOf(version: string): string {
  const text = version.replace(/[.:]+$/, '')
  return text.includes(':') ? `@${text}` : `:${text}`
}
