import { Server, ServerCredentials, status } from '@grpc/grpc-js'
import grpc_pb from '@pulumi/pulumi/proto/language_grpc_pb.js'
import language_pb from '@pulumi/pulumi/proto/language_pb.js'
import plugin_pb from '@pulumi/pulumi/proto/plugin_pb.js'
import empty_pb from 'google-protobuf/google/protobuf/empty_pb.js'
import { runPlugin } from './run-plugin.js'
import { runProgram } from './run-program.js'

/**
 * What every run needs.
 *
 * @typedef {object} Host
 * @property {string} engine the engine's address
 * @property {Record<string, string | undefined>} env the environment that programs inherit
 */

/**
 * Serve a stand-in for `pulumi-language-nodejs`, which comes with Pulumi's CLI and cannot be built from a Go module. It
 * runs programs and plugins as that does; what it does not do (generating SDKs) answers UNIMPLEMENTED.
 * https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/pulumi-language-nodejs/main.go
 *
 * @param {Host} given
 * @returns {Promise<number>} the port on 127.0.0.1
 */
export async function serveLanguageHost(given) {
  const host = { ...given }
  const server = new Server()
  server.addService(grpc_pb.LanguageRuntimeService, {
    handshake: unary(
      (/** @type {import('@pulumi/pulumi/proto/language_pb.js').LanguageHandshakeRequest} */ request) => {
        host.engine = request.getEngineAddress()
        return new language_pb.LanguageHandshakeResponse()
      },
    ),
    getPluginInfo: unary(() => new plugin_pb.PluginInfo().setVersion('3.259.0')),
    // What a program needs is attached, or nothing: so nothing is to be downloaded.
    getRequiredPlugins: unary(() => new language_pb.GetRequiredPluginsResponse()),
    getRequiredPackages: unary(() => new language_pb.GetRequiredPackagesResponse()),
    getProgramDependencies: unary(() => new language_pb.GetProgramDependenciesResponse()),
    runtimeOptionsPrompts: unary(() => new language_pb.RuntimeOptionsResponse()),
    cancel: unary(() => new empty_pb.Empty()),
    // The packages are linked already.
    installDependencies: (
      /** @type {import('@grpc/grpc-js').ServerWritableStream<unknown, unknown>} */ stream,
    ) => {
      stream.end()
    },
    run: unary((/** @type {import('@pulumi/pulumi/proto/language_pb.js').RunRequest} */ request, call) =>
      runProgram(host, request, call),
    ),
    runPlugin: (/** @type {Parameters<typeof runPlugin>[0]} */ stream) => {
      runPlugin(stream)
    },
  })
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error)
      else resolve(port)
    })
  })
}

/**
 * A gRPC handler of a function.
 *
 * @template Request, Response
 * @param {(request: Request, call: import('@grpc/grpc-js').ServerUnaryCall<Request, Response>) => Response | Promise<Response>} handle
 * @returns {import('@grpc/grpc-js').handleUnaryCall<Request, Response>}
 */
function unary(handle) {
  return (call, respond) => {
    Promise.resolve()
      .then(() => handle(call.request, call))
      .then(
        (response) => {
          respond(null, response)
        },
        (/** @type {unknown} */ error) => {
          respond({ code: status.UNKNOWN, details: String(error) })
        },
      )
  }
}
