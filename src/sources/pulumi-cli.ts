import { execFile } from 'node:child_process'
import { PullthroughError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { World } from '../world.ts'
import { parsePulumiDocument, type PulumiNode } from './pulumi-document.ts'
import { followPath, type PulumiKey } from './pulumi-path.ts'

/** What to ask the CLI about, and why. */
export interface PulumiCliQuestion {
  /** The stack's name, with its organization and project if the user gave them. */
  readonly stack: string
  /** The project's directory, absolute. */
  readonly directory: string
  /** Why the CLI is needed, in words for the user: `its secrets provider is awskms`. */
  readonly because: string
  /** Whether the CLI may have the passphrase, which makes it write to a stack file that has no salt yet. */
  readonly mayUsePassphrase: boolean
}

/** What the CLI answered: all of the stack's config, opened. */
export type PulumiCliAnswer = ReadonlyMap<string, { readonly node: PulumiNode; readonly isSecret: boolean }>

/**
 * Ask the `pulumi` CLI for a stack's config, in one call. It is found on the PATH of the world's environment, and
 * gets that environment without the token that may be in it.
 * https://www.pulumi.com/docs/iac/cli/commands/pulumi_config/
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if there is no CLI, or it fails or answers nonsense;
 * `ERR_INTERRUPTED` if the user interrupts.
 */
export async function askPulumiCli(question: PulumiCliQuestion, world: World): Promise<PulumiCliAnswer> {
  const { stack } = question
  const run = await runPulumi(
    ['config', '--json', '--show-secrets', '--non-interactive', '--stack', stack],
    question,
    world,
  )
  if (run.exitCode !== 0) throw refusal(run, question)
  const answer = parseAnswer(run.stdout)
  if (answer !== undefined) return answer
  throw new PullthroughError(
    'ERR_SOURCE_UNREADABLE',
    'the answer of the pulumi CLI is not the JSON it should be',
    {
      hint: `compare \`pulumi config --json --stack ${stack}\`, and update the CLI if it is old`,
    },
  )
}

/** What the answer has under a key. */
export type Answered =
  | { readonly kind: 'absent' }
  | { readonly kind: 'structure' }
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'secret'; readonly value: Secret }

/**
 * Find a key in the answer. What lies within a map counts as a secret if anything in the map is one.
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if an environment did not resolve the value.
 */
export function lookUpInAnswer(answer: PulumiCliAnswer, key: PulumiKey): Answered {
  const entry = answer.get(`${key.namespace}:${key.name}`)
  const node = followPath(entry?.node, key.path)
  if (entry === undefined || node === undefined || node.kind === 'null') return { kind: 'absent' }
  if (node.kind !== 'text') return { kind: 'structure' }
  if (node.text === '[unknown]') {
    throw new PullthroughError(
      'ERR_SOURCE_UNREADABLE',
      `the stack’s environment does not yield ${key.written}`,
      {
        hint: 'check the environment with `pulumi env open`',
      },
    )
  }
  return entry.isSecret
    ? { kind: 'secret', value: new Secret(node.text) }
    : { kind: 'plain', text: node.text }
}

interface PulumiRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** One call makes several requests, so it gets several times what one request gets. */
const patience = 4

/** The error that Node would give is not passed on: it holds what the CLI wrote, and so the token. */
function runPulumi(args: readonly string[], question: PulumiCliQuestion, world: World): Promise<PulumiRun> {
  return new Promise((resolve, reject) => {
    execFile(
      'pulumi',
      args,
      {
        cwd: question.directory,
        env: childEnvironment(question, world),
        signal: world.signal,
        timeout: patience * world.timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 2 ** 20,
        windowsHide: true,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ exitCode: 0, stdout, stderr })
        else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr })
        else reject(noRun(error, question, world))
      },
    ).stdin?.end()
  })
}

/**
 * The world's environment, without a token that the CLI has no use for. Without a passphrase too where the stack file
 * has no salt: the CLI would make one, write it there, and then fail.
 */
function childEnvironment({ mayUsePassphrase }: PulumiCliQuestion, { env }: World): NodeJS.ProcessEnv {
  const withheld = new Set(['DOCKER_HUB_TOKEN'])
  if (!mayUsePassphrase) withheld.add('PULUMI_CONFIG_PASSPHRASE').add('PULUMI_CONFIG_PASSPHRASE_FILE')
  return Object.fromEntries(Object.entries(env).filter(([name]) => !withheld.has(name)))
}

function noRun(
  error: Error & { code?: unknown; killed?: boolean },
  { stack, because }: PulumiCliQuestion,
  world: World,
): PullthroughError {
  if (world.signal.aborted) return new PullthroughError('ERR_INTERRUPTED', 'interrupted')
  if (error.killed) {
    const seconds = (patience * world.timeoutMs) / 1000
    return new PullthroughError(
      'ERR_SOURCE_UNREADABLE',
      `the pulumi CLI did not answer within ${seconds} s`,
      {
        hint: `run \`pulumi config --stack ${stack}\` to see what it waits for`,
      },
    )
  }
  if (error.code === 'ENOENT') {
    return new PullthroughError(
      'ERR_SOURCE_UNREADABLE',
      `stack ${stack} needs the pulumi CLI, since ${because}, and there is no pulumi on PATH`,
      {
        hint: 'install it (https://www.pulumi.com/docs/install/; in GitHub Actions, pulumi/actions without a command does)',
      },
    )
  }
  return new PullthroughError(
    'ERR_SOURCE_UNREADABLE',
    `the pulumi CLI could not be run: ${typeof error.code === 'string' ? error.code : 'it was killed'}`,
  )
}

/**
 * Exit codes are a contract since CLI 3.227: 3 is authentication, 6 is stack not found; before that, all were 255.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/cmd/pulumi/cmd/exit_codes.go
 */
function refusal({ exitCode, stderr }: PulumiRun, question: PulumiCliQuestion): PullthroughError {
  const { stack, because, mayUsePassphrase } = question
  if (exitCode === 6 || stderr.includes('no stack named')) {
    return new PullthroughError('ERR_SOURCE_UNREADABLE', `pulumi knows no stack ${stack}`, {
      hint: '`pulumi stack ls` lists those it knows',
    })
  }
  if (exitCode === 3 || stderr.includes('PULUMI_ACCESS_TOKEN must be set')) {
    return new PullthroughError('ERR_SOURCE_UNREADABLE', 'the pulumi CLI is not logged in', {
      hint: 'set PULUMI_ACCESS_TOKEN, or run `pulumi login`',
    })
  }
  const isAboutPassphrase = /incorrect passphrase|passphrase must be set/.test(stderr)
  if (isAboutPassphrase && !mayUsePassphrase) {
    return new PullthroughError(
      'ERR_SOURCE_UNREADABLE',
      `stack ${stack} needs Pulumi Cloud, since ${because}, and pulumi uses another backend`,
      { hint: 'log in to Pulumi Cloud with `pulumi login`, and check PULUMI_BACKEND_URL' },
    )
  }
  if (isAboutPassphrase) {
    return new PullthroughError(
      'ERR_SOURCE_UNREADABLE',
      `no passphrase, or a wrong one, for stack ${stack}`,
      {
        hint: 'set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was made with',
      },
    )
  }
  const said = harmlessLine(stderr)
  return new PullthroughError(
    'ERR_SOURCE_UNREADABLE',
    `the pulumi CLI could not open the config of stack ${stack} (${because})${said ? `: ${said}` : ''}`,
    { hint: `run \`pulumi config --stack ${stack}\` to see why` },
  )
}

/**
 * What the CLI said, if it is one of the texts that come before anything was decrypted. Others are not repeated: an
 * error about a value may quote it.
 */
function harmlessLine(stderr: string): string | undefined {
  const said = /^error: (.*(?:\n\s+.*)*)/m
    .exec(stderr)?.[1]
    ?.replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  if (said === undefined || !harmless.test(said)) return undefined
  return said.length > 300 ? `${said.slice(0, 299)}…` : said
}

const harmless =
  /operation error KMS|no driver registered|open secrets\.Keeper|\/decrypt\/|does not support environments|dial tcp|performing HTTP request|organization name must be|unknown secrets provider/

/** The JSON object alone: diagnostics of environments may follow it on stdout. */
function parseAnswer(stdout: string): PulumiCliAnswer | undefined {
  const [object = ''] = /^\{(?:\}|[^]*?^\})/m.exec(stdout) ?? []
  const answer = parseJson(stdout) ?? parseJson(object)
  if (answer?.kind !== 'map') return undefined
  return new Map(
    [...answer.entries].flatMap(([key, entry]) => {
      const value = followPath(entry, ['value'])
      if (value?.kind !== 'text') return []
      const object = followPath(entry, ['objectValue'])
      const secret = followPath(entry, ['secret'])
      return [[key, { node: object ?? value, isSecret: secret?.kind === 'text' && secret.text === 'true' }]]
    }),
  )
}

function parseJson(json: string): PulumiNode | undefined {
  try {
    return parsePulumiDocument('answer.json', json)
  } catch {
    return undefined
  }
}
