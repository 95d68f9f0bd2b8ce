import { cause } from './cause.ts'

/** A pull that failed: the image as it is called in the cache, and what the registry said. */
interface Refused {
  readonly image: string
  readonly said: string
  /** The one thing to do. */
  readonly remedy: string
}

const refused: Refused = {
  image: 'docker-hub/library/busybox:1.37.0',
  said: 'DENIED: The authentication to the upstream registry failed. Verify that the credentials provided in the pull through cache rule are correct, and try again',
  remedy: 'do what mends rule.valid',
}

/** What can be wrong with pulls through the cache. */
export const pullCauses = {
  'new-image-refused': cause<Refused>({
    check: 'pull.new',
    status: 'drift',
    symptom: 'Builds fail with what the registry says: nothing that is new to the cache can be pulled.',
    cause: ({ image, said }) => `${image}, which is not cached, cannot be pulled: ${said}`,
    fix: ({ remedy }) => remedy,
    example: refused,
  }),
  'cache-hides-failure': cause<Refused & { cached: string }>({
    check: 'pull.new',
    status: 'drift',
    symptom:
      'Nothing fails yet, for weeks perhaps: ECR serves what is cached, and does not say that it can no longer refresh it.',
    cause: ({ image, cached, said }) =>
      `${cached} is cached and still pulls, which hides that nothing new does: ${image}: ${said}`,
    fix: ({ remedy }) => remedy,
    example: { ...refused, cached: 'docker-hub/library/busybox:1.36.1' },
  }),
  'not-covered': cause<{ image: string; region: string }>({
    check: 'pull.new',
    status: 'missing',
    symptom: 'The image cannot be pulled through the cache at all.',
    cause: ({ image, region }) => `no pull-through cache rule in ${region} caches ${image}`,
    fix: ({ image, region }) => `run: pullthrough doctor ${image} --region ${region}`,
    example: { image: 'ghcr.io/acme/widgets:1', region: 'us-east-1' },
  }),
  'not-at-upstream': cause<{ why: string }>({
    check: 'pull.new',
    status: 'missing',
    symptom: 'Nothing is proven: the image that was named is not there to be pulled.',
    cause: ({ why }) => why,
    fix: () => 'name an image and a tag that are there, also of a private repository: --pull debian:12',
    example: { why: 'Docker Hub has no tag 99 of library/debian' },
  }),
  'digest-differs': cause<{ image: string; digest: string; atUpstream: string }>({
    check: 'pull.new',
    status: 'drift',
    symptom: 'Builds run with another image than the one that Docker Hub shows.',
    cause: ({ image, digest, atUpstream }) =>
      `the cache gives ${digest} for ${image}, and Docker Hub has ${atUpstream}`,
    fix: () =>
      'run it again, for the tag may just have moved; if it stays, look for a proxy between here and Docker Hub (DOCKER_REGISTRY_URL)',
    example: {
      image: 'docker-hub/library/busybox:1.37.0',
      digest: 'sha256:1111…',
      atUpstream: 'sha256:2222…',
    },
  }),
  'cached-image-refused': cause<Refused>({
    check: 'pull.cached',
    status: 'drift',
    symptom: 'Even images that are in the repository cannot be pulled.',
    cause: ({ image, said }) => `${image} is cached and cannot be pulled: ${said}`,
    fix: ({ remedy }) => remedy,
    example: {
      image: 'docker-hub/library/busybox:1.36.1',
      said: 'DENIED: User: … is not authorized to perform: ecr:BatchGetImage',
      remedy: 'run: pullthrough doctor busybox:1.36.1 --region us-east-1',
    },
  }),
  // https://github.com/aws/containers-roadmap/issues/2837
  'pin-out-of-reach': cause<{ image: string; tag: string; now: string; said: string }>({
    check: 'pull.pinned',
    status: 'drift',
    symptom: 'docker: an image with `@sha256:` is `not found`, though the upstream has it.',
    cause: ({ image, tag, now, said }) =>
      `${image} is not in the cache, and the tag ${tag} brings another one, ${now}: ECR fetches nothing by digest (${said})`,
    fix: ({ tag, now }) => `pin ${tag}@${now}, or name the tag that the digest had: --pull NAME:TAG@DIGEST`,
    example: {
      image: 'docker-hub/library/debian@sha256:1111…',
      tag: '12',
      now: 'sha256:2222…',
      said: 'MANIFEST_UNKNOWN: Requested image not found',
    },
  }),
  'count-did-not-fall': cause<{ username: string; remaining: number }>({
    check: 'pull.quota',
    status: 'warning',
    symptom: 'ECR pulls, and the account’s count of pulls does not move.',
    cause: ({ username, remaining }) =>
      `ECR pulled a new image, and ${username} still has ${remaining} pulls: ECR logs in as somebody else, or Docker Hub counts late, or not this image`,
    fix: () => 'see secret.version: AWS may hold another credential than the source; else run it again',
    example: { username: 'sandbox', remaining: 198 },
  }),
  'nothing-counts': cause<{ username: string }>({
    check: 'pull.quota',
    status: 'unknowable',
    symptom: 'An account without a pull limit has no count that could fall.',
    cause: ({ username }) =>
      `Docker Hub sets no pull limit for ${username}, so that no count shows whose pulls these were`,
    fix: () => 'see docker-hub.login and rule.valid: ECR logs in with the credential of the secret',
    example: { username: 'sandbox' },
  }),
  'count-unknown': cause<{ why: string }>({
    check: 'pull.quota',
    status: 'unknowable',
    symptom: 'Docker Hub does not tell the count of pulls.',
    cause: ({ why }) => `whose pulls these were is not known: ${why}`,
    fix: () => 'run it again where the source of the credential can be read',
    example: { why: 'no credential that Docker Hub accepts could be read here' },
  }),
  'clean-up-left': cause<{ deleted: string; left: number; repository: string; region: string }>({
    check: 'pull.clean-up',
    status: 'warning',
    symptom: 'Others use the repository at the same time, or the pull ended half-way.',
    cause: ({ deleted, left }) =>
      `${deleted}; ${left === 1 ? '1 image that came meanwhile stays' : `${left} images that came meanwhile stay`}, for it is not known that this pull brought ${left === 1 ? 'it' : 'them'}`,
    fix: ({ repository, region }) =>
      `look at what is there: aws ecr list-images --repository-name ${repository} --region ${region}`,
    example: {
      deleted: 'deleted what the pull had brought: 1 image',
      left: 2,
      repository: 'docker-hub/library/busybox',
      region: 'us-east-1',
    },
  }),
} as const
