import { simulatePermissions } from '../../aws/permissions.ts'
import type { CheckId } from '../../checks/finding.ts'
import { parseReference } from '../../ecr/image-reference.ts'
import { parseRegistryHost } from '../../ecr/registry-host.ts'
import type { DoctorOptions } from '../../engine/doctor.ts'
import { findAtDockerHub } from '../../registries/docker-hub-image.ts'
import type { World } from '../../world.ts'
import type { DoctorFlags } from './doctor.ts'
import type { Settings } from './settings.ts'
import { wireVerify } from './verify-wiring.ts'

/** What a `doctor` is about. */
interface Subject {
  readonly settings: Settings<DoctorFlags>
  readonly image: string | undefined
  readonly related: readonly CheckId[]
  /** `--region`, without what the config file says. */
  readonly regionsGiven: readonly string[]
}

/**
 * Make what it takes to ask about an image, or about what an error text points to; begin with what hangs on nothing.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` for an address or an ARN that cannot be one.
 */
export function wireDoctor(
  { settings, image, related, regionsGiven }: Subject,
  world: World,
): Omit<DoctorOptions, 'client'> {
  const concerns = (part: string) => related.some((id) => id.startsWith(`${part}.`))
  const asksAws = image !== undefined || ['aws', 'secret', 'policy', 'rule', 'workflow'].some(concerns)
  const asked = { ...settings, region: regionsFor(image, regionsGiven) ?? settings.region }
  const { urls, ...wired } = wireVerify(asked, { aws: asksAws, gitHub: concerns('github') }, world)
  return {
    ...wired,
    image,
    related,
    simulate: (caller, wanted) => simulatePermissions(caller, wanted, world),
    findImage: (wanted, credential) => findAtDockerHub(wanted, credential, urls, world),
  }
}

/** An ECR URI says where it is pulled from, unless other Regions are asked for. */
function regionsFor(
  image: string | undefined,
  regionsGiven: readonly string[],
): readonly string[] | undefined {
  const { reference } = parseReference(image ?? '')
  const named = reference && parseRegistryHost(reference.domain)?.region
  if (named === undefined) return undefined
  return regionsGiven.length === 0 || regionsGiven.includes(named) ? [named] : regionsGiven
}
