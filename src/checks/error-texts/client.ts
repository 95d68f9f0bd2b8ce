import type { ErrorText } from './error-text.ts'

const unreachable =
  '(?:i/o timeout|no route to host|network is unreachable|connection refused|connection reset|no such host|Client\\.Timeout exceeded|deadline exceeded|TLS handshake timeout)'

/** What Go’s clients say of a URL of a host that could not be reached: `Get "https://HOST/v2/": dial tcp …: i/o timeout`. */
function unreachableHost(host: string): RegExp {
  return new RegExp(
    `${host}[^ "]{0,500}"?: (?:dial|read|write|net/http|context|lookup)\\b[^"]{0,150}${unreachable}`,
    'i',
  )
}

/** What the client says of the reference, the network and the platform. */
export const clientTexts = {
  'reference-invalid': {
    symptom: 'invalid reference format',
    patterns: [
      /invalid reference format/i,
      /InvalidImageName/i,
      /couldn't parse image (?:name|reference)/i,
      /repository name .{0,300}must be lowercase/i,
    ],
    causes: [
      {
        check: 'image.reference',
        cause:
          'the text is no image reference; often a variable in it is empty, or the name has upper-case letters',
        fix: 'print the reference as it is used, and give it to: pullthrough doctor IMAGE',
      },
    ],
  },
  // A cold pull is answered with redirects to the upstream’s own storage.
  // https://github.com/aws/containers-roadmap/issues/2304
  'layers-unreachable': {
    symptom: 'dial tcp: i/o timeout for production.cloudflare.docker.com',
    patterns: [unreachableHost('production\\.cloudf(?:lare|ront)\\.docker\\.com')],
    causes: [
      {
        check: 'image.client',
        cause:
          'the first pull of an image takes its layers from Docker’s own storage, to which there is no route',
        fix: 'pull the image once from where there is a route to the internet, or add a NAT gateway',
      },
    ],
  },
  'ecr-unreachable': {
    symptom: 'dial tcp: i/o timeout for ACCOUNT.dkr.ecr.REGION.amazonaws.com',
    patterns: [unreachableHost('(?:dkr[.-]ecr|api\\.ecr)\\.'), unreachableHost('starport-layer-bucket')],
    causes: [
      {
        check: 'image.client',
        cause:
          'whoever pulls has no route to ECR: a private subnet without a NAT gateway and without all VPC endpoints',
        fix: 'add the VPC endpoints ecr.api, ecr.dkr and the S3 gateway, or a NAT gateway; the first pull may need the latter',
      },
      {
        check: 'image.reference',
        cause: 'the account or Region in the reference is misspelt, so that there is no such host',
        fix: 'compare the beginning of the reference: ACCOUNT.dkr.ecr.REGION.amazonaws.com',
      },
    ],
  },
  'docker-hub-unreachable': {
    symptom: 'dial tcp: i/o timeout for registry-1.docker.io',
    patterns: [unreachableHost('(?:registry-1|auth|index)\\.docker\\.io')],
    causes: [
      {
        check: 'image.client',
        cause:
          'the image is pulled from Docker Hub itself, not through the cache, and there is no route to it',
        fix: 'pull the cached reference instead: ACCOUNT.dkr.ecr.REGION.amazonaws.com/docker-hub/PATH',
      },
    ],
  },
  'certificate-unknown': {
    symptom: 'x509: certificate signed by unknown authority',
    patterns: [
      /x509: /i,
      /self[- ]signed certificate in certificate chain/i,
      /unable to get local issuer certificate/i,
    ],
    causes: [
      {
        check: 'image.client',
        cause:
          'something on the way, mostly a proxy of the company, shows a certificate that the client does not trust',
        fix: 'add the proxy’s certificate authority to the client’s trust store, or except *.amazonaws.com from the proxy',
      },
    ],
  },
  'platform-missing': {
    symptom: 'no matching manifest for linux/arm64',
    patterns: [
      /no matching manifest for/i,
      /no match for platform in/i,
      /no image found in (?:image index|manifest list) for/i,
    ],
    causes: [
      {
        check: 'image.upstream',
        cause: 'the image is there, and not for the platform of whoever pulls',
        fix: 'docker buildx imagetools inspect IMAGE lists its platforms; choose one with --platform',
      },
    ],
  },
  'platform-wrong': {
    symptom: 'exec format error',
    patterns: [/exec format error/i, /exec user process caused.{0,20}format error/i],
    causes: [
      {
        check: 'image.upstream',
        cause: 'the image was pulled for another architecture than the machine’s',
        fix: 'docker pull --platform linux/ARCH IMAGE, and build or pin it for that platform',
      },
    ],
  },
  'network-unreachable': {
    symptom: 'i/o timeout, no route to host, no such host',
    patterns: [new RegExp(unreachable, 'i')],
    general: true,
    causes: [
      {
        check: 'image.client',
        cause: 'the host that the text names cannot be reached from where it was said',
        fix: 'check DNS, proxy and routes there: curl -I https://HOST/v2/',
      },
    ],
  },
  // https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff
  'pull-failed': {
    symptom: 'ImagePullBackOff, ErrImagePull, CannotPullContainerError',
    patterns: [
      /ImagePullBackOff/i,
      /ErrImagePull/i,
      /Back-off pulling image/i,
      /CannotPullContainer(?:Error)?/i,
    ],
    general: true,
    causes: [
      {
        check: 'image.rule',
        cause: 'the image could not be pulled, and this text does not say why',
        fix: 'kubectl describe pod POD, or stoppedReason of the ECS task, has the registry’s own words: give those to doctor',
      },
    ],
  },
} as const satisfies Readonly<Record<string, ErrorText>>
