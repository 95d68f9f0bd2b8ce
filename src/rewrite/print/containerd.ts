import type { Mirror } from './mirror-settings.ts'
import { login } from './login.ts'

/**
 * `hosts.toml`, a file for each registry. The path of the cache comes after `/v2`, which `override_path` allows:
 * https://github.com/containerd/containerd/blob/main/docs/hosts.md.
 */
export function containerd(
  mirrors: readonly Mirror[],
  place: { readonly host: string; readonly region: string },
): readonly string[] {
  return [
    '# containerd reads these files if config_path is /etc/containerd/certs.d:',
    '# https://github.com/containerd/containerd/blob/main/docs/hosts.md',
    '#',
    ...login(place),
    '# containerd does not know that login: whoever asks it to pull has to hand it over, as in',
    `#   crictl pull --creds "AWS:$(aws ecr get-login-password --region ${place.region})" docker.io/library/debian:12`,
    '# The kubelet asks its credential provider for docker.io, and has none for ECR then:',
    '# https://github.com/awslabs/amazon-ecr-credential-helper/issues/947. kOps has a setting for that,',
    '# useECRCredentialsForMirrors: https://github.com/kubernetes/kops/pull/16593',
    '# Where the cache refuses, containerd goes on to the upstream, and nothing says so.',
    ...mirrors.flatMap(({ registry, prefix }) => [
      '',
      `# /etc/containerd/certs.d/${registry}/hosts.toml`,
      `[host."https://${place.host}/v2${prefix === '' ? '' : `/${prefix}`}"]`,
      '  capabilities = ["pull", "resolve"]',
      '  override_path = true',
    ]),
  ]
}
