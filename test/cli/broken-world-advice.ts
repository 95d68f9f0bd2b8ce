import * as ecr from '@aws-sdk/client-ecr'
import * as iam from '@aws-sdk/client-iam'
import * as secretsmanager from '@aws-sdk/client-secrets-manager'
import type { Finding } from '../../src/checks/finding.ts'
import { home, type RunChange, type SettingName, syncIn, type World } from './broken-world.ts'

/**
 * Do what the fixes say, as whoever reads them would: run each command that stands there, once. A command that fails
 * may do so for another that comes after it; whether all is well then is for the next `verify` to say.
 */
export async function followAdvice(
  findings: readonly Finding[],
  world: World,
  setting: SettingName,
  change: RunChange = {},
): Promise<void> {
  for (const command of commandsIn(findings)) {
    const [program, ...words] = command.split(' ')
    if (program === 'pullthrough') {
      const [, ...flags] = words
      await syncIn(world, setting, { ...change, flags: [...(change.flags ?? []), ...flags] })
    } else {
      await runAws(words, world).catch(() => undefined)
    }
  }
}

/** `aws SERVICE OPERATION …` and `pullthrough sync …` in the fixes, each once; ROLE stands for a role of the user’s. */
export function commandsIn(findings: readonly Finding[]): readonly string[] {
  const command =
    /\baws (?:ecr|iam|secretsmanager) [a-z-]+(?: --[a-z-]+ [^\s,;]+)*|\bpullthrough sync(?: --[a-z-]+(?: (?!--)[^\s,;()]+)?)*/g
  const fixes = findings.map(({ fix = '' }) => fix.replaceAll(' ROLE', ` ${someRole}`))
  return [...new Set(fixes.flatMap((fix) => fix.match(command) ?? []))]
}

const someRole = 'arn:aws:iam::123456789012:role/ecr-templates'

const sdks = { ecr, iam, secretsmanager } as unknown as Readonly<
  Record<string, Readonly<Record<string, new (input: object) => never>>>
>

/** What the `aws` command line does, with the SDK: the same names, written otherwise. */
async function runAws(words: readonly string[], { bench, ...world }: World): Promise<void> {
  const [service = '', operation = '', ...options] = words
  const Command = sdks[service]?.[`${pascal(operation)}Command`]
  if (!Command) throw new Error(`the SDK has no ${service} ${operation}`)
  const input: Record<string, string> = {}
  let region = home
  for (let index = 0; index < options.length; index += 2) {
    const name = options[index]?.replace('--', '') ?? ''
    const value = options[index + 1] ?? ''
    if (name === 'region') region = value
    else input[memberOf(service, name)] = value
  }
  const {
    AWS_ENDPOINT_URL: endpoint = '',
    AWS_ACCESS_KEY_ID = '',
    AWS_SECRET_ACCESS_KEY = '',
  } = bench.sandbox.env
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
  const clients: Readonly<Record<string, { send(command: never): Promise<unknown> }>> = {
    ecr: world.ecr(region),
    secretsmanager: world.secrets(region),
    iam: new iam.IAMClient({ region, endpoint, credentials }),
  }
  await clients[service]?.send(new Command(input))
}

/** ECR’s members begin in lower case, and one of IAM’s is written as no other. */
function memberOf(service: string, option: string): string {
  if (option === 'aws-service-name') return 'AWSServiceName'
  const name = pascal(option)
  return service === 'ecr' ? name.charAt(0).toLowerCase() + name.slice(1) : name
}

function pascal(kebab: string): string {
  return kebab.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
