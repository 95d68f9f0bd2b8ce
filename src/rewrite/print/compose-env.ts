import { variableOf } from '../variable.ts'
import { login } from './login.ts'
import type { Mirror } from './mirror-settings.ts'

/**
 * The variables of `rewrite --mode arg`, for the file `.env` beside `compose.yaml`:
 * https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/.
 */
export function composeEnv(
  mirrors: readonly Mirror[],
  place: { readonly host: string; readonly region: string },
): readonly string[] {
  return [
    '# For .env beside compose.yaml: what pullthrough rewrite put before the images. Without it, or with an',
    '# empty value, they come from their upstreams.',
    '#',
    ...login(place),
    '# registry-mirrors in daemon.json is no other way: a mirror there has no path.',
    '# https://github.com/moby/moby/pull/38991',
    ...mirrors.map(({ registry, address }) => `${variableOf(registry).name}=${address}`),
  ]
}
