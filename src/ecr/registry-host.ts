/** The registry of an AWS account in a Region. */
export interface RegistryHost {
  readonly host: string
  /** Twelve digits. */
  readonly account: string
  readonly region: string
  /** A FIPS endpoint. The first pull of an image through the cache does not work on one. */
  readonly fips: boolean
}

/**
 * The names that ECR's registries have: `dkr.ecr` for IPv4, `dkr-ecr` for dual-stack.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
 */
const registryHost =
  /^(?<account>\d{12})\.(?:dkr\.ecr(?<ipv4Fips>-fips)?\.(?<ipv4Region>[a-z]{2,8}(?:-[a-z]{1,16}){1,3}-\d{1,2})\.amazonaws\.(?:com(?:\.cn)?|eu)|dkr-ecr(?<dualFips>-fips)?\.(?<dualRegion>[a-z]{2,8}(?:-[a-z]{1,16}){1,3}-\d{1,2})\.on\.(?:aws|amazonwebservices\.com\.cn))$/

/** Read the host of a private ECR registry; `undefined` if it is none. */
export function parseRegistryHost(host: string): RegistryHost | undefined {
  const parts = registryHost.exec(host)?.groups
  const { account, ipv4Region, dualRegion, ipv4Fips, dualFips } = parts ?? {}
  const region = ipv4Region ?? dualRegion
  if (account === undefined || region === undefined) return undefined
  return { host, account, region, fips: (ipv4Fips ?? dualFips) !== undefined }
}

/** The host of an account's registry in a Region, over IPv4. China has a domain of its own. */
export function formatRegistryHost(account: string, region: string): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return `${account}.dkr.ecr.${region}.${suffix}`
}
