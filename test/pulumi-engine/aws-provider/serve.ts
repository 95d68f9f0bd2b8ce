import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  status,
} from '@grpc/grpc-js'
import provider_grpc from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import type * as messages from '@pulumi/pulumi/proto/provider_pb.js'
import provider_pb from '@pulumi/pulumi/proto/provider_pb.js'
import plugin_pb from '@pulumi/pulumi/proto/plugin_pb.js'
import status_pb from '@pulumi/pulumi/proto/status_pb.js'
import any_pb from 'google-protobuf/google/protobuf/any_pb.js'
import empty_pb from 'google-protobuf/google/protobuf/empty_pb.js'
import struct_pb from 'google-protobuf/google/protobuf/struct_pb.js'
import { openProvider, PartialFailure, type Provider, type Urn } from './aws-provider.ts'
import type { Change } from './diff.ts'
import { messageOf } from './errors.ts'
import { isEmpty, type Properties, withoutUnset } from './properties.ts'
import { configProblem, type Environment, withDefaults } from './provider-config.ts'

/** A running stand-in for the `aws` provider. */
export interface AwsProvider {
  /** For `PULUMI_DEBUG_PROVIDERS`: `aws:PORT`. */
  readonly port: number
  readonly close: () => void
}

/** As much as `@pulumi/aws` asks for. */
const version = '7.48.0'

const { Struct } = struct_pb

/**
 * Serve the stand-in for the `aws` provider on 127.0.0.1. The engine connects once for each provider resource (the
 * default one, and each `new aws.Provider`), and each connection has a config of its own.
 *
 * @param env the environment that the provider would inherit from the engine
 */
export async function serveAwsProvider(env: Environment): Promise<AwsProvider> {
  const providers = new Map<string, Provider>()
  const configured = (call: Call): Provider => {
    const provider = providers.get(call.getPeer())
    if (!provider) throw new Error('stand-in for aws: the provider is not configured')
    return provider
  }

  const server = new Server()
  server.addService(provider_grpc.ResourceProviderService, {
    getPluginInfo: unary(() => new plugin_pb.PluginInfo().setVersion(version)),
    getSchema: unary(() => new provider_pb.GetSchemaResponse().setSchema('{}')),
    cancel: unary(() => new empty_pb.Empty()),
    attach: unary(() => new empty_pb.Empty()),

    checkConfig: unary(async ({ request }: Call<messages.CheckRequest>) => {
      const inputs = withDefaults(propertiesOf(request.getNews()), env)
      const problem = await configProblem(inputs, env)
      const response = new provider_pb.CheckResponse().setInputs(structOf(inputs))
      return problem === undefined ? response : response.setFailuresList([failure(problem)])
    }),

    // Another Region is another provider, and what it made is made anew.
    diffConfig: unary(({ request }: Call<messages.DiffRequest>) => {
      const [old, next] = [propertiesOf(request.getOldInputs()), propertiesOf(request.getNews())]
      const names = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter(
        (name) => name !== 'version' && JSON.stringify(old[name]) !== JSON.stringify(next[name]),
      )
      return diffResponse(
        names.map((property) => ({ property, kind: 'update', replaces: property === 'region' })),
        false,
      )
    }),

    configure: unary((call: Call<messages.ConfigureRequest>) => {
      const config = withDefaults(propertiesOf(call.request.getArgs()), env)
      providers.set(call.getPeer(), openProvider(config, env))
      // Like the bridge to Terraform, it has no notion of secrets: the engine marks what was secret before.
      return new provider_pb.ConfigureResponse().setSupportspreview(true)
    }),

    check: unary((call: Call<messages.CheckRequest>) => {
      const { request } = call
      const { inputs, failures } = configured(call).check(
        urnOf(request),
        propertiesOf(request.getOlds()),
        propertiesOf(request.getNews()),
        request.getRandomseed_asU8(),
      )
      return new provider_pb.CheckResponse()
        .setInputs(structOf(inputs))
        .setFailuresList(failures.map(failure))
    }),

    diff: unary((call: Call<messages.DiffRequest>) => {
      const { request } = call
      const [state, inputs] = [propertiesOf(request.getOlds()), propertiesOf(request.getNews())]
      const { changes, deletesFirst } = configured(call).diff(urnOf(request), state, inputs)
      return diffResponse(changes, deletesFirst)
    }),

    create: unary(async (call: Call<messages.CreateRequest>) => {
      const { request } = call
      const inputs = propertiesOf(request.getProperties())
      const { id, state } = await configured(call).create(urnOf(request), inputs, request.getPreview())
      return new provider_pb.CreateResponse().setId(id).setProperties(structOf(state))
    }),

    read: unary(async (call: Call<messages.ReadRequest>) => {
      const { request } = call
      const read = await configured(call).read(
        urnOf(request),
        request.getId(),
        optional(request.getProperties()),
        optional(request.getInputs()),
      )
      const response = new provider_pb.ReadResponse()
      if (!read) return response
      return response.setId(read.id).setProperties(structOf(read.state)).setInputs(structOf(read.inputs))
    }),

    update: unary(async (call: Call<messages.UpdateRequest>) => {
      const { request } = call
      const state = await configured(call).update(
        urnOf(request),
        request.getId(),
        propertiesOf(request.getOlds()),
        propertiesOf(request.getNews()),
        request.getPreview(),
      )
      return new provider_pb.UpdateResponse().setProperties(structOf(state))
    }),

    delete: unary(async (call: Call<messages.DeleteRequest>) => {
      const { request } = call
      const existing = { id: request.getId(), state: propertiesOf(request.getProperties()) }
      await configured(call).delete(urnOf(request), existing)
      return new empty_pb.Empty()
    }),

    invoke: unary(async (call: Call<messages.InvokeRequest>) => {
      const { request } = call
      const result = await configured(call).invoke(request.getTok(), propertiesOf(request.getArgs()))
      return new provider_pb.InvokeResponse().setReturn(structOf(result))
    }),
  })

  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error)
      else resolve(port)
    })
  })
  return {
    port,
    close() {
      server.forceShutdown()
      for (const provider of providers.values()) provider.close()
    },
  }
}

type Call<Request = unknown> = Pick<ServerUnaryCall<Request, unknown>, 'request' | 'getPeer'>

/** A gRPC handler of a function; what that throws is status UNKNOWN, as of a Go provider. */
function unary<Request, Response>(
  handle: (call: Call<Request>) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, respond) => {
    Promise.resolve()
      .then(() => handle(call))
      .then(
        (response) => {
          respond(null, response)
        },
        (error: unknown) => {
          respond({
            code: status.UNKNOWN,
            details: messageOf(error),
            ...(error instanceof PartialFailure ? { metadata: detailsOf(error) } : {}),
          })
        },
      )
  }
}

/** What gRPC carries beside an error. https://github.com/grpc/grpc/blob/master/doc/statuscodes.md */
function detailsOf({ message, id, state, inputs }: PartialFailure): Metadata {
  const failed = new provider_pb.ErrorResourceInitFailed()
    .setId(id)
    .setProperties(structOf(state))
    .setInputs(structOf(inputs))
    .setReasonsList([message])
  const detail = new any_pb.Any()
  detail.pack(failed.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed')
  const answer = new status_pb.Status().setCode(status.UNKNOWN).setMessage(message).addDetails(detail)
  const metadata = new Metadata()
  metadata.add('grpc-status-details-bin', Buffer.from(answer.serializeBinary()))
  return metadata
}

function diffResponse(changes: readonly Change[], deletesFirst: boolean): messages.DiffResponse {
  const { DiffChanges } = provider_pb.DiffResponse
  const response = new provider_pb.DiffResponse()
    .setChanges(changes.length === 0 ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME)
    .setDiffsList(changes.map(({ property }) => property))
    .setReplacesList(changes.filter(({ replaces }) => replaces).map(({ property }) => property))
    .setDeletebeforereplace(deletesFirst)
    .setHasdetaileddiff(true)
  for (const { property, kind, replaces } of changes) {
    const detail = new provider_pb.PropertyDiff().setKind(kindOf(kind, replaces))
    response.getDetaileddiffMap().set(property, detail)
  }
  return response
}

function kindOf(kind: Change['kind'], replaces: boolean): messages.PropertyDiff.Kind {
  const { Kind } = provider_pb.PropertyDiff
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const
  return kinds[kind][replaces ? 1 : 0]
}

function failure(reason: string): messages.CheckFailure {
  return new provider_pb.CheckFailure().setReason(reason)
}

function urnOf(request: { getUrn: () => string }): Urn {
  const urn = request.getUrn()
  const [, , , types = '', name = ''] = /^urn:pulumi:(.*?)::(.*?)::(.*?)::(.*)$/.exec(urn) ?? []
  return { urn, type: types.split('$').at(-1) ?? '', name }
}

type StructMessage = InstanceType<typeof Struct>

const propertiesOf = (struct: StructMessage | undefined): Properties => struct?.toJavaScript() ?? {}

function optional(struct: StructMessage | undefined): Properties | undefined {
  const properties = propertiesOf(struct)
  return isEmpty(properties) ? undefined : properties
}

const structOf = (properties: Properties): StructMessage =>
  Struct.fromJavaScript(withoutUnset(properties) as Parameters<typeof Struct.fromJavaScript>[0])
