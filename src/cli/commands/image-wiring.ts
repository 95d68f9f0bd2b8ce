import { identifyCaller } from '../../aws/caller.ts'
import { resolveRegions } from '../../aws/region.ts'
import { type Answered, answered } from '../../checks/finding.ts'
import { ecrRegistry } from '../../ecr/registry.ts'
import { usualRules } from '../../ecr/usual-rules.ts'
import { type CachePlace, regionNamedIn } from '../../engine/image.ts'
import { PullthroughError } from '../../errors.ts'
import { regionOfSource } from '../../sources/index.ts'
import type { World } from '../../world.ts'
import type { ImageFlags } from './image.ts'
import type { Settings } from './settings.ts'

/** What a Region said of its rules. */
export interface AskedRegion {
  readonly region: string
  /** Whether images that name no Region are looked for here. */
  readonly isDefault: boolean
  readonly place: Answered<CachePlace>
}

/**
 * Ask each Region for its rules, all at once; with `--offline` nothing is asked.
 *
 * @throws {@link PullthroughError} if there are no Regions to ask, nobody says which account it is, it is another than
 * `--account` says, or the run is interrupted.
 */
export async function wireImage(
  images: readonly string[],
  settings: Settings<ImageFlags>,
  regionsGiven: readonly string[],
  world: World,
): Promise<readonly AskedRegion[]> {
  const { regions, defaults } = await regionsFor(images, settings, regionsGiven, world)
  const isDefault = (region: string) => defaults.includes(region)
  const { prefix: prefixes } = settings
  if (settings.offline) {
    const { account } = settings
    if (account === undefined) {
      throw new PullthroughError('ERR_USAGE', 'no AWS account is given, and --offline asks nobody', {
        hint: 'name it: --account 123456789012',
      })
    }
    const rules = usualRules(prefixes)
    return regions.map((region) => ({
      region,
      isDefault: isDefault(region),
      place: { value: { region, account, rules, prefixes, isAsked: false } },
    }))
  }
  const [{ account, arn }, asked] = await Promise.all([
    identifyCaller(regions[0] ?? '', world),
    Promise.all(
      regions.map(async (region) => ({
        region,
        rules: await answered(ecrRegistry(region, world).rules()),
      })),
    ),
  ])
  if (settings.account !== undefined && settings.account !== account) {
    throw new PullthroughError(
      'ERR_USAGE',
      `these AWS credentials are of account ${account}, not ${settings.account} (${arn})`,
      { hint: 'choose the profile of that account, or correct --account' },
    )
  }
  return asked.map(({ region, rules }) => ({
    region,
    isDefault: isDefault(region),
    place: rules.error ? rules : { value: { region, account, rules: rules.value, prefixes, isAsked: true } },
  }))
}

/** ECR URIs that are led back say where they are, unless other Regions are asked for. */
async function regionsFor(
  images: readonly string[],
  settings: Settings<ImageFlags>,
  regionsGiven: readonly string[],
  world: World,
): Promise<{ readonly regions: readonly string[]; readonly defaults: readonly string[] }> {
  const named = settings.reverse && regionsGiven.length === 0 ? images.map(regionNamedIn) : [undefined]
  const ofUris = named.filter((region) => region !== undefined)
  const defaults = ofUris.length === named.length ? [] : await defaultRegions(settings, world)
  return { regions: [...new Set([...defaults, ...ofUris])], defaults }
}

async function defaultRegions(settings: Settings<ImageFlags>, world: World): Promise<readonly string[]> {
  const ofSource = await regionOfSource(settings, world)
  return resolveRegions([settings.region, ofSource === undefined ? [] : [ofSource]], world)
}
