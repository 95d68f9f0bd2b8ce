import type { Mirror } from './mirror-settings.ts'
import { login } from './login.ts'

/**
 * `buildkitd.toml`. A mirror may have a path, which the images are below with their `library/`:
 * https://github.com/moby/buildkit/blob/master/docs/buildkitd.toml.md.
 */
export function buildkitd(
  mirrors: readonly Mirror[],
  place: { readonly host: string; readonly region: string },
): readonly string[] {
  return [
    '# For /etc/buildkit/buildkitd.toml, or for: docker buildx create --use --buildkitd-config FILE',
    '# Builders of the driver docker, which is the default, do not read it:',
    '# https://docs.docker.com/build/buildkit/configure/',
    '#',
    ...login(place),
    '# Whether BuildKit uses that login for a mirror has been in doubt: https://github.com/moby/buildkit/issues/5939',
    '# Where it does not, images come from the upstream as before, and nothing says so: look at',
    '# docker logs of the builder (debug = true), or at the repositories that ECR makes.',
    '# References of a Dockerfile (pullthrough rewrite) do not depend on it.',
    ...mirrors.flatMap(({ registry, address }) => [
      '',
      `[registry."${registry}"]`,
      `  mirrors = ["${address}"]`,
    ]),
  ]
}
