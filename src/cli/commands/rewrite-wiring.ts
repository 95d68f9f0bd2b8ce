import { argPlacing, directPlacing, reversePlacing } from '../../engine/placing.ts'
import type { CachePlace } from '../../engine/image.ts'
import { PullthroughError } from '../../errors.ts'
import type { Placing } from '../../rewrite/placing.ts'
import type { World } from '../../world.ts'
import type { Context } from '../context.ts'
import { printNote } from '../streams.ts'
import { wireImage } from './image-wiring.ts'
import type { RewriteFlags } from './rewrite.ts'
import { settingsFrom } from './settings.ts'

/**
 * Find out where images go. Only the mode `direct` has to know the cache, and asks for its rules as `image` does.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if the options contradict each other or name several Regions; what
 * `wireImage` throws.
 */
export async function wireRewrite(flags: RewriteFlags, context: Context, world: World): Promise<Placing> {
  const { mode, reverse, upstream } = flags
  if (mode === 'arg') {
    return reverse
      ? reversePlacing(upstream, undefined)
      : argPlacing([...new Set(['docker.io', ...upstream])])
  }
  if (upstream.length > 0 && !reverse) {
    throw new PullthroughError('ERR_USAGE', '--upstream is for the mode arg', {
      hint: 'leave it out: direct moves the images of every registry that has a rule',
    })
  }
  const place = await wireCache(flags, context, world)
  return reverse ? reversePlacing(upstream, place) : directPlacing(place)
}

/**
 * Ask for the cache of the one Region that the options name.
 *
 * @throws {@link PullthroughError} as {@link wireRewrite} does.
 */
export async function wireCache(
  flags: RewriteFlags,
  { streams }: Context,
  world: World,
): Promise<CachePlace> {
  const settings = await settingsFrom(flags, world)
  if (settings.configFile !== undefined) printNote(streams, `options come from ${settings.configFile}`)
  return placeOf(await wireImage([], { ...settings, images: [], reverse: false }, flags.region, world))
}

function placeOf(regions: Awaited<ReturnType<typeof wireImage>>): CachePlace {
  const [first, ...others] = regions
  if (!first || others.length > 0) {
    throw new PullthroughError(
      'ERR_USAGE',
      `a file names one registry, and there are several Regions: ${regions.map(({ region }) => region).join(', ')}`,
      { hint: `choose one: --region ${first?.region ?? 'us-east-1'}` },
    )
  }
  if (first.place.error) throw first.place.error
  return first.place.value
}
