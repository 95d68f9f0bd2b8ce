/** What an image runs on. https://github.com/opencontainers/image-spec/blob/main/image-index.md */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

/** The usual ones, as official images have them. */
export const linuxAmd64: Platform = { os: 'linux', architecture: 'amd64' }
export const linuxArm64: Platform = { os: 'linux', architecture: 'arm64', variant: 'v8' }

/** Read `linux/arm64/v8`; `undefined` if it is no platform. */
export function parsePlatform(text: string): Platform | undefined {
  const [, os, architecture, variant] = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9.]+))?$/.exec(text) ?? []
  if (os === undefined || architecture === undefined) return undefined
  return { os, architecture, ...(variant === undefined ? {} : { variant }) }
}
