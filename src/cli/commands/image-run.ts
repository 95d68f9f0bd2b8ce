import { imageAtUpstream, imageInCache, regionNamedIn } from '../../engine/image.ts'
import { looksLikeToken } from '../../checks/image-or-text.ts'
import { PullthroughError } from '../../errors.ts'
import type { World } from '../../world.ts'
import type { Context } from '../context.ts'
import { exitCodeOfError, exitCodes } from '../exit-code.ts'
import {
  imageProblems,
  type ImageReport,
  imageWarnings,
  type NamedImage,
  renderImage,
  renderImageJson,
} from '../render-image.ts'
import { readLines } from '../stdin.ts'
import { printAnswer, printError, printNote, printWarning } from '../streams.ts'
import type { ImageFlags } from './image.ts'
import { type AskedRegion, wireImage } from './image-wiring.ts'
import { settingsFrom } from './settings.ts'

/** The run half of `image`: read the images, ask for the rules, and name every image by them. */
export async function runImage(flags: ImageFlags, context: Context): Promise<number> {
  const { streams } = context
  const world: World = { ...context.world, timeoutMs: flags.timeout * 1000 }
  try {
    const images = await imagesOf(flags.images, context)
    const settings = await settingsFrom(flags, world)
    if (settings.configFile !== undefined) printNote(streams, `options come from ${settings.configFile}`)
    const regions = await wireImage(images, settings, flags.region, world)
    const report: ImageReport = {
      isReverse: flags.reverse,
      images: images.map((text) => nameImage(text, regions, flags.reverse)),
    }
    printAnswer(streams, flags.json ? [renderImageJson(report)] : renderImage(report))
    for (const warning of imageWarnings(report)) printWarning(streams, warning)
    const problems = imageProblems(report)
    for (const problem of problems) printError(streams, problem)
    return problems.length > 0 ? exitCodes.failed : exitCodes.done
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    if (flags.json) printAnswer(streams, [renderImageJson({ isReverse: flags.reverse, images: [], error })])
    printError(streams, error)
    return exitCodeOfError(error)
  }
}

/**
 * The images of the arguments, with those of stdin in the place of `-`.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if stdin has none.
 */
async function imagesOf(given: readonly string[], { stdin, world }: Context): Promise<readonly string[]> {
  if (!given.includes('-')) return given
  const lines = stdin && !stdin.isTerminal ? await readLines(stdin, world) : []
  const images = given.flatMap((text) => (text === '-' ? lines : [text]))
  if (images.length > 0) return images
  throw new PullthroughError('ERR_USAGE', 'no image is named', {
    hint: 'pullthrough image debian:12, or one image a line on stdin: pullthrough image - < images.txt',
  })
}

/** Name an image in every Region; one that is led back, and names its own, in that alone. */
function nameImage(text: string, regions: readonly AskedRegion[], isReverse: boolean): NamedImage {
  return {
    given: looksLikeToken(text.trim()) ? undefined : text,
    answers: regionsOf(text, regions, isReverse).map(({ region, place }) => {
      if (place.error) return { region, error: place.error }
      return { region, ...(isReverse ? imageAtUpstream(text, place.value) : imageInCache(text, place.value)) }
    }),
  }
}

/** If the image’s own Region was not asked, any other can say that it is not its. */
function regionsOf(
  text: string,
  regions: readonly AskedRegion[],
  isReverse: boolean,
): readonly AskedRegion[] {
  const own = isReverse ? regionNamedIn(text) : undefined
  if (own === undefined) return regions.filter(({ isDefault }) => isDefault)
  const inOwn = regions.filter(({ region }) => region === own)
  return inOwn.length > 0 ? inOwn : regions.slice(0, 1)
}
