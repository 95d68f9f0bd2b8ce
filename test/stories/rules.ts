import type { SandboxState } from '../../src/sandbox/index.ts'

/** The cache rules of a Region: what each is called, where it gets its images, and with which secret. */
export function rulesIn({ aws }: SandboxState, region: string): readonly (readonly unknown[])[] {
  return Object.values(aws)
    .flatMap((regions) => regions[region]?.rules ?? [])
    .map(({ ecrRepositoryPrefix, upstreamRegistryUrl, credentialArn }) => [
      ecrRepositoryPrefix,
      upstreamRegistryUrl,
      credentialArn,
    ])
}

/** The ARN of the one secret of a Region. */
export function secretArnIn({ aws }: SandboxState, region: string): string {
  const secrets = Object.values(aws).flatMap((regions) => regions[region]?.secrets ?? [])
  const [secret] = secrets
  if (!secret || secrets.length !== 1) throw new Error(`${secrets.length} secrets in ${region}, not 1`)
  return secret.arn
}
