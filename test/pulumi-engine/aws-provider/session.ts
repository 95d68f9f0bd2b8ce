import { ECRClient } from '@aws-sdk/client-ecr'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { STSClient } from '@aws-sdk/client-sts'

/** Whom and where the provider asks. */
export interface AwsAccess {
  readonly endpoint: string
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
}

/** The clients of one Region. */
export interface Session {
  readonly region: string
  readonly ecr: ECRClient
  readonly secretsManager: SecretsManagerClient
  readonly sts: STSClient
}

export interface Sessions {
  readonly of: (region: string) => Session
  readonly close: () => void
}

/** Sessions by Region, made when they are asked for. */
export function openSessions(access: AwsAccess): Sessions {
  const sessions = new Map<string, Session>()
  return {
    of(region) {
      const known = sessions.get(region)
      if (known) return known
      const config = { ...access, region }
      const session = {
        region,
        ecr: new ECRClient(config),
        secretsManager: new SecretsManagerClient(config),
        sts: new STSClient(config),
      }
      sessions.set(region, session)
      return session
    },
    close() {
      for (const { ecr, secretsManager, sts } of sessions.values()) {
        for (const client of [ecr, secretsManager, sts]) client.destroy()
      }
    },
  }
}
