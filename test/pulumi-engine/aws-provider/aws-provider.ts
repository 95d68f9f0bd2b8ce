import { check, type Checked } from './check.ts'
import { type Change, deletesFirst, diff } from './diff.ts'
import { messageOf, oneError } from './errors.ts'
import { functions } from './functions.ts'
import { isUnknown, type Properties, textOf, unknown } from './properties.ts'
import { accessOf, type Environment } from './provider-config.ts'
import { pullThroughCacheRule } from './pull-through-cache-rule.ts'
import { repositoryCreationTemplate } from './repository-creation-template.ts'
import type { Existing, Resource } from './resource.ts'
import { secretVersion } from './secret-version.ts'
import { secret } from './secret.ts'
import { openSessions, type Session } from './session.ts'

/** The resource types that the stand-in has, by their tokens. */
const resources: Readonly<Record<string, Resource>> = {
  'aws:ecr/pullThroughCacheRule:PullThroughCacheRule': pullThroughCacheRule,
  'aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate': repositoryCreationTemplate,
  'aws:secretsmanager/secret:Secret': secret,
  'aws:secretsmanager/secretVersion:SecretVersion': secretVersion,
}

/** What there is after an operation. */
interface Result {
  readonly id: string
  readonly state: Properties
  /** What of it the program would have to write. */
  readonly inputs: Properties
}

/** An update that failed: Terraform keeps the new values in the state all the same, and Pulumi tries again next time. */
export class PartialFailure extends Error {
  readonly id: string
  readonly state: Properties
  readonly inputs: Properties
  constructor(reason: string, { id, state, inputs }: Result) {
    super(reason)
    this.id = id
    this.state = state
    this.inputs = inputs
  }
}

/** The URN of a resource. */
export interface Urn {
  readonly urn: string
  readonly type: string
  readonly name: string
}

/** One configured provider. */
export interface Provider {
  check(urn: Urn, old: Properties, given: Properties, randomSeed: Uint8Array): Checked
  diff(
    urn: Urn,
    state: Properties,
    inputs: Properties,
  ): { readonly changes: readonly Change[]; readonly deletesFirst: boolean }
  /** @param preview nothing is asked; the id is '' */
  create(urn: Urn, inputs: Properties, preview: boolean): Promise<Omit<Result, 'inputs'>>
  /** @returns `undefined` if it is gone */
  read(
    urn: Urn,
    id: string,
    state: Properties | undefined,
    inputs: Properties | undefined,
  ): Promise<Result | undefined>
  /** @throws {@link PartialFailure} */
  update(urn: Urn, id: string, state: Properties, inputs: Properties, preview: boolean): Promise<Properties>
  delete(urn: Urn, existing: Existing): Promise<void>
  invoke(token: string, args: Properties): Promise<Properties>
  close(): void
}

/**
 * The stand-in for `pulumi-aws`: what that does between the engine and AWS, for the few types that are needed here.
 *
 * @param config the provider's checked inputs
 * @throws at once if the config has no credentials; when it is first needed, if it has no Region.
 */
export function openProvider(config: Properties, env: Environment): Provider {
  const access = accessOf(config, env)
  if (!access) throw new Error('No valid credential sources found.')
  const sessions = openSessions(access)

  const sessionFor = (...properties: readonly Properties[]): Session => {
    const region = [...properties, config].map((from) => textOf(from, 'region')).find(Boolean)
    if (region === undefined) throw new Error('Missing region information')
    return sessions.of(region)
  }

  return {
    check: ({ type, name }, old, given, randomSeed) => check(resourceOf(type), name, old, given, randomSeed),

    diff({ type }, state, inputs) {
      const resource = resourceOf(type)
      const changes = diff(resource, state, inputs)
      const replaces = changes.some((change) => change.replaces)
      return { changes, deletesFirst: replaces && deletesFirst(resource, inputs) }
    },

    async create({ type }, inputs, preview) {
      const resource = resourceOf(type)
      const session = isUnknown(inputs['region']) ? undefined : sessionFor(inputs)
      if (preview) return { id: '', state: planned(resource, inputs, session) }
      if (!session) throw new Error('stand-in for aws: the Region is not known')
      try {
        const id = await resource.create(session, inputs)
        return { id, state: await stateOf(resource, session, { id, state: inputs }) }
      } catch (error) {
        throw new Error(oneError(messageOf(error)), { cause: error })
      }
    },

    async read({ type, urn }, importId, known, oldInputs) {
      const resource = resourceOf(type)
      // An id may name the Region when a resource is imported.
      const [, id = importId, region] = /^(.+)@([a-z]{2}(?:-[a-z]+)+-\d{1,2})$/.exec(importId) ?? []
      const session = sessionFor(region === undefined ? {} : { region }, known ?? {})
      const found = await resource.read(session, { id, state: known ?? {} }).catch((error: unknown) => {
        throw new Error(`refreshing ${urn}: ${oneError(messageOf(error))}`)
      })
      if (!found) return undefined
      const state = { id, ...found, region: session.region }
      return { id, state, inputs: inputsOf(resource, state, oldInputs) }
    },

    async update({ type, urn }, id, state, inputs, preview) {
      const resource = resourceOf(type)
      const session = sessionFor(inputs, state)
      if (preview) return { ...state, ...planned(resource, inputs, session, state) }
      const changed = new Set(diff(resource, state, inputs).map(({ property }) => property))
      try {
        await resource.update(session, { id, state }, inputs, changed)
        return await stateOf(resource, session, { id, state: { ...state, ...inputs } })
      } catch (error) {
        const reason = `updating ${urn}: ${oneError(messageOf(error))}`
        throw new PartialFailure(reason, {
          id,
          state: planned(resource, inputs, session, state),
          inputs,
        })
      }
    },

    async delete({ type, urn }, existing) {
      const resource = resourceOf(type)
      await resource.delete(sessionFor(existing.state), existing).catch((error: unknown) => {
        throw new Error(`deleting ${urn}: ${oneError(messageOf(error))}`)
      })
    },

    async invoke(token, args) {
      const invoked = functions[token]
      if (!invoked) throw new Error(`stand-in for aws: the function ${token} is not done`)
      const session = sessionFor(args)
      try {
        return { region: session.region, ...(await invoked(session, args)) }
      } catch (error) {
        throw new Error(`invoking ${token}: ${oneError(messageOf(error))}`, { cause: error })
      }
    },

    close: sessions.close,
  }
}

function resourceOf(type: string): Resource {
  const resource = resources[type]
  if (!resource) throw new Error(`stand-in for aws: the resource type ${type} is not done`)
  return resource
}

/** What is there, right after it was made or changed. */
async function stateOf(resource: Resource, session: Session, existing: Existing): Promise<Properties> {
  const found = await resource.read(session, existing)
  if (!found) throw new Error("couldn't find resource")
  return { id: existing.id, ...found, region: session.region }
}

/** What will be there, as far as it is known: what the provider decides keeps its value, or is not known yet. */
function planned(
  { inputs: schema, outputs }: Resource,
  inputs: Properties,
  session: Session | undefined,
  state?: Properties,
): Properties {
  const decided = Object.fromEntries(outputs.map((name) => [name, state ? state[name] : unknown()]))
  const computed = Object.keys(schema).filter((name) => schema[name]?.computed)
  const kept = Object.fromEntries(computed.map((name) => [name, state ? state[name] : unknown()]))
  const given = Object.entries(inputs).filter(([name]) => name !== '__defaults')
  return {
    id: state ? state['id'] : unknown(),
    ...kept,
    ...decided,
    region: session?.region ?? unknown(),
    ...Object.fromEntries(given),
  }
}

/**
 * The inputs that a state amounts to. Where inputs are known, a refresh brings those up to date and adds none; an
 * import takes all that are set.
 * https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/provider.go
 */
function inputsOf(resource: Resource, state: Properties, old: Properties | undefined): Properties {
  const refresh = old !== undefined && Object.keys(old).length > 0
  const names = Object.keys(resource.inputs).filter(
    (name) => state[name] !== undefined && (!refresh || old[name] !== undefined),
  )
  const defaults = refresh ? (old['__defaults'] ?? []) : []
  return { __defaults: defaults, ...Object.fromEntries(names.map((name) => [name, state[name]])) }
}
