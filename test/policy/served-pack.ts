import { credentials } from '@grpc/grpc-js'
import analyzerRpc from '@pulumi/pulumi/proto/analyzer_grpc_pb.js'
import analyzer from '@pulumi/pulumi/proto/analyzer_pb.js'
import empty_pb from 'google-protobuf/google/protobuf/empty_pb.js'
import struct_pb from 'google-protobuf/google/protobuf/struct_pb.js'
import { vi } from 'vitest'
import { policyPack } from '../../src/policy/index.ts'

/** A resource as the engine describes it to an analyzer. */
export interface Described {
  readonly type: string
  readonly name?: string
  readonly props?: object
  /** Properties of its provider. */
  readonly provider?: object
}

/** What a policy says, without its description, which precedes each message. */
interface Violation {
  readonly policy: string
  readonly level: string
  readonly message: string
  readonly on: string
}

/** An analyzer that is asked over its own gRPC service, as the engine asks it. */
export interface Analyzer {
  readonly info: () => Promise<analyzer.AnalyzerInfo.AsObject>
  readonly configure: (config: Readonly<Record<string, PolicyConfig>>) => Promise<void>
  /** Before a resource is made, with its inputs. */
  readonly analyze: (resource: Described) => Promise<readonly Violation[]>
  /** At the end, with the outputs of all. */
  readonly analyzeStack: (resources: readonly Described[]) => Promise<readonly Violation[]>
}

interface PolicyConfig {
  readonly level: keyof typeof analyzer.EnforcementLevel
  readonly properties?: object
}

/** What the engine sends for a text that a preview cannot know. */
export const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

/** A value that is marked as secret, as the engine sends it. */
export function marked(value: unknown): object {
  return { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', value }
}

/** A text asset, as the engine sends it. */
export function textAsset(text: string): object {
  return { '4dabf18193072939515e22adb298388d': 'c44067f5952c0a294b673a41bacd8c17', text }
}

/** An archive of assets, as the engine sends it. */
export function archive(assets: object): object {
  return { '4dabf18193072939515e22adb298388d': '0def7320c3a5731c473e5ecbe6d01bc7', assets }
}

/** Serve the pack of this package in this process, which can serve only one. */
export async function servePack(): Promise<Analyzer> {
  const port = await new Promise<string>((resolve) => {
    vi.spyOn(console, 'log').mockImplementationOnce((line) => {
      resolve(String(line))
    })
    policyPack()
  })
  return analyzerAt(port)
}

/** Ask the analyzer that listens on a port. */
export function analyzerAt(port: string): Analyzer {
  const client = new analyzerRpc.AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure())
  return {
    info: async () => {
      const info = await ask<empty_pb.Empty, analyzer.AnalyzerInfo>(
        client.getAnalyzerInfo.bind(client),
        new empty_pb.Empty(),
      )
      return info.toObject()
    },
    configure: async (config) => {
      const request = new analyzer.ConfigureAnalyzerRequest()
      for (const [policy, { level, properties = {} }] of Object.entries(config)) {
        const entry = new analyzer.PolicyConfig()
        entry.setEnforcementlevel(analyzer.EnforcementLevel[level])
        entry.setProperties(structOf(properties))
        request.getPolicyconfigMap().set(policy, entry)
      }
      await ask(client.configure.bind(client), request)
    },
    analyze: async (resource) => {
      const described = describe(new analyzer.AnalyzeRequest(), resource)
      return violations(await ask(client.analyze.bind(client), described), urnOf(resource))
    },
    analyzeStack: async (resources) => {
      const request = new analyzer.AnalyzeStackRequest()
      request.setResourcesList(resources.map((each) => describe(new analyzer.AnalyzerResource(), each)))
      return violations(await ask(client.analyzeStack.bind(client), request), '')
    },
  }
}

function ask<Request, Response>(
  method: (request: Request, callback: (error: Error | null, response: Response) => void) => unknown,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method(request, (error, response) => {
      if (error) reject(error)
      else resolve(response)
    })
  })
}

function describe<Message extends analyzer.AnalyzeRequest | analyzer.AnalyzerResource>(
  message: Message,
  resource: Described,
): Message {
  const { type, name = 'it', props = {}, provider } = resource
  message.setType(type)
  message.setName(name)
  message.setUrn(urnOf(resource))
  message.setProperties(structOf(props))
  message.setOptions(new analyzer.AnalyzerResourceOptions())
  if (provider !== undefined) {
    const described = new analyzer.AnalyzerProviderResource()
    described.setType('pulumi:providers:aws')
    described.setName('aws')
    described.setProperties(structOf(provider))
    message.setProvider(described)
  }
  return message
}

function urnOf({ type, name = 'it' }: Described): string {
  return `urn:pulumi:dev::shop::${type}::${name}`
}

function violations(response: analyzer.AnalyzeResponse, urn: string): readonly Violation[] {
  return response.getDiagnosticsList().map((each) => ({
    policy: each.getPolicyname(),
    level: levels[each.getEnforcementlevel()],
    message: each.getMessage().replace(`${each.getDescription()}\n`, ''),
    on: (each.getUrn() || urn).replace('urn:pulumi:dev::shop::', ''),
  }))
}

const levels = ['advisory', 'mandatory', 'disabled', 'remediate'] as const

function structOf(value: object): struct_pb.Struct {
  return struct_pb.Struct.fromJavaScript(value as Record<string, struct_pb.JavaScriptValue>)
}
