import { formatRegistryHost } from '../../ecr/registry-host.ts'
import { PullthroughError } from '../../errors.ts'
import { type MirrorKind, mirrorSettings } from '../../rewrite/print/mirror-settings.ts'
import type { World } from '../../world.ts'
import type { Context } from '../context.ts'
import { wireCache } from './rewrite-wiring.ts'
import type { RewriteFlags } from './rewrite.ts'

/**
 * The settings with which a program pulls from the cache, as the lines of its file.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if files are named too; what `wireCache` and `mirrorSettings` throw.
 */
export async function settingsOfMirrors(
  kind: MirrorKind,
  flags: RewriteFlags,
  context: Context,
  world: World,
): Promise<readonly string[]> {
  if (flags.paths.length > 0) {
    throw new PullthroughError('ERR_USAGE', '--print is for no files', {
      hint: `pullthrough rewrite --print ${kind}`,
    })
  }
  const place = await wireCache(flags, context, world)
  return mirrorSettings(kind, { ...place, host: formatRegistryHost(place.account, place.region) })
}
