import type { SandboxPart, SandboxWorld } from '../part.ts'
import type { Exchange, Operation, Service } from '../service.ts'
import { type ServiceName, serviceNames } from '../service-name.ts'
import { AuthenticationFailure } from './authentication-failure.ts'
import { registryFaults, registryOperation } from './ecr-registry/registry.ts'
import type { Addresses, EcrWorld } from './ecr/call.ts'
import { ecrFaults, recogniseEcr } from './ecr/ecr.ts'
import { parseRepositorySeed, parseServiceLinkedRole, seedRepository } from './ecr/seeds.ts'
import { type EcrState, ecrStates, emptyEcrState } from './ecr/state.ts'
import { createEcrStore } from './ecr/store.ts'
import { type IamWorld, recogniseIam } from './iam-service/iam.ts'
import { createIdentities, parseIdentity, seededAccount, seededIdentity } from './identities.ts'
import { recogniseSecretsManager, type SecretsManagerWorld } from './secrets-manager/secrets-manager.ts'
import { secretStates, type SecretState } from './secrets-manager/state.ts'
import { createSecretStore } from './secrets-manager/store.ts'
import { createServiceLinkedRoles } from './service-linked-roles.ts'
import { parseAuthorization } from './signature.ts'
import { recogniseSts } from './sts.ts'
import { unknownOperation } from './unknown-operation.ts'

/** The stand-in for AWS: STS, IAM, Secrets Manager and ECR's control plane on one port, ECR's registries on another. */
export interface Aws extends SandboxPart {
  readonly service: Service
  /** The private registries of every account and Region. */
  readonly registry: Service
  /** Tell ECR where its registries listen, and where Docker Hub's registry is. */
  announce(addresses: Addresses): void
  readonly seededIdentity: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** `{ACCOUNT:{REGION:…}}`; the seeded account is always there, with us-east-1. */
  state(): Readonly<Record<string, Readonly<Record<string, RegionState>>>>
}

/** What one Region of one account holds. */
interface RegionState extends EcrState {
  readonly secrets: readonly SecretState[]
}

/** @param logInToDockerHub whether Docker Hub lets somebody in: ECR asks when it validates a rule */
export function createAws({
  clock,
  logInToDockerHub,
}: SandboxWorld & Pick<EcrWorld, 'logInToDockerHub'>): Aws {
  const store = createSecretStore()
  const registries = createEcrStore()
  const identities = createIdentities()
  const serviceLinkedRoles = createServiceLinkedRoles()
  const addresses: Addresses = {}
  const world: AwsWorld = {
    clock,
    identities,
    store,
    registries,
    serviceLinkedRoles,
    addresses,
    logInToDockerHub,
  }
  return {
    service: { recognise: (exchange) => recognise(exchange, world) },
    registry: { recognise: (exchange) => registryOperation(exchange, world) },
    announce(known) {
      Object.assign(addresses, known)
    },
    seededIdentity: {
      accessKeyId: seededIdentity.accessKeyId,
      secretAccessKey: seededIdentity.secretAccessKey,
    },
    state() {
      const secrets = secretStates(store, clock.now())
      const ecr = ecrStates(registries)
      const accounts = new Map([[seededAccount, new Set(['us-east-1'])]])
      for (const [account, regions] of [...secrets, ...ecr]) {
        accounts.set(account, new Set([...(accounts.get(account) ?? []), ...regions.keys()]))
      }
      const stateOf = (account: string, region: string): RegionState => ({
        secrets: secrets.get(account)?.get(region) ?? [],
        ...(ecr.get(account)?.get(region) ?? emptyEcrState),
      })
      return Object.fromEntries(
        Array.from(accounts, ([account, regions]) => [
          account,
          Object.fromEntries(Array.from(regions, (region) => [region, stateOf(account, region)])),
        ]),
      )
    },
    reset() {
      store.clear()
      registries.clear()
      identities.reset()
      serviceLinkedRoles.reset()
    },
    ownFaults: {
      secretsmanager: ['expired-token', 'secret-lag'],
      sts: ['expired-token'],
      iam: ['expired-token'],
      ecr: ecrFaults,
      'ecr-registry': registryFaults,
    },
    seeds: {
      '/aws/identities'(body) {
        identities.add(parseIdentity(body))
      },
      '/aws/repositories'(body) {
        seedRepository(registries, parseRepositorySeed(body), clock.now())
      },
      '/aws/service-linked-roles'(body) {
        const { account, present } = parseServiceLinkedRole(body)
        if (present) serviceLinkedRoles.add(account)
        else serviceLinkedRoles.remove(account)
      },
    },
  }
}

type AwsWorld = SecretsManagerWorld & IamWorld & EcrWorld

/** Which service and operation a request is for: by `X-Amz-Target`, or by the `Action` and `Version` of a form. */
function recognise(exchange: Exchange, world: AwsWorld): Operation {
  const target = exchange.headers['x-amz-target']
  if (target !== undefined && exchange.method === 'POST' && exchange.url.pathname === '/') {
    const [prefix = '', name = ''] = target.split('.')
    if (prefix === 'secretsmanager') return recogniseSecretsManager(exchange, name, world)
    if (prefix === 'AmazonEC2ContainerRegistry_V20150921') return recogniseEcr(exchange, name, world)
  }
  const form = target === undefined ? readForm(exchange) : undefined
  const action = form?.get('Action')
  if (form && action) {
    const version = form.get('Version')
    if (version === '2011-06-15') return recogniseSts(exchange, action, world)
    if (version === '2010-05-08') return recogniseIam(exchange, action, world)
  }
  const recogniseUnknown = unknownOperation(signedService(exchange))
  return recogniseUnknown(exchange, target ?? `${exchange.method} ${exchange.url.pathname}`, world)
}

function readForm({ headers, body }: Exchange): URLSearchParams | undefined {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  return isForm ? new URLSearchParams(body.toString('utf8')) : undefined
}

/** The service that a request is signed for, where nothing else says which it is for. */
function signedService(exchange: Exchange): ServiceName {
  try {
    const { service } = parseAuthorization(exchange)
    return serviceNames.find((name) => name === service) ?? 'secretsmanager'
  } catch (error) {
    if (error instanceof AuthenticationFailure) return 'secretsmanager'
    throw error
  }
}
