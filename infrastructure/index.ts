import * as pulumi from '@pulumi/pulumi'
import { PullThroughCache } from 'pullthrough/pulumi'

const config = new pulumi.Config()
const prefix = config.get('dockerHubCachePrefix')
const existing = config.getBoolean('dockerHubCacheExisting') ?? false
const adopt = config.getBoolean('dockerHubCacheAdopt') ?? false

// The credential is not here: `pullthrough sync` puts it into the secret that every stack shares, and the rule reads it
// from there. This program never sees it.
const cache = new PullThroughCache('docker-hub', { ...(prefix ? { prefix } : {}), existing, adopt })

/** What images are called by in this stack: `docker pull ecrRegistryUrl/dockerHubCachePrefix/library/debian:12`. */
export const dockerHubCachePrefix = cache.prefix
export const dockerHubSecretArn = cache.credentialArn
export const ecrRegistryUrl = cache.registryUrl

/** The least that a build, a node or a task needs to pull: attach it to their role. */
export const dockerHubPullPolicy = cache.pullPolicy

/** A base image as this stack's builds name it. */
export const debianImage = cache.image('debian:bookworm-slim')
