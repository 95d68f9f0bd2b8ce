import type { Caller } from '../aws/caller.ts'
import type { SecretReader } from '../aws/secret-reader.ts'
import { judgeAccount } from '../checks/account.ts'
import { leftToUp } from '../checks/before-up.ts'
import { type DockerHubFacts, judgeDockerHub, skipDockerHub } from '../checks/docker-hub.ts'
import { type Answered, answered, failed, type Finding, ok, skipped } from '../checks/finding.ts'
import { judgeRepository, observeRepository, type RepositoryFacts } from '../checks/github.ts'
import { judgeRegion, observeRegion } from '../checks/region.ts'
import type { RegionFacts } from '../checks/region-facts.ts'
import { judgeSource, type SourceFacts } from '../checks/source.ts'
import { judgeWorkflow, mendedAtSource } from '../checks/workflow.ts'
import type { Credential } from '../credential.ts'
import type { PolicyOptions } from '../destinations/resource-policy.ts'
import type { EcrRegistry } from '../ecr/registry.ts'
import type { GitHubActions } from '../github/actions.ts'
import type { GitHubRepository } from '../github/repository.ts'
import type { Secret } from '../secret.ts'
import type { OpenSource } from '../sources/source.ts'
import { repeats } from '../server-text.ts'
import { versionOf } from '../version.ts'
import { provePulls, type PullsToProve } from './prove-pulls.ts'

/** One Region to ask, and how. */
interface RegionToVerify {
  readonly region: string
  readonly secretName: string
  readonly secret: SecretReader
  readonly registry: EcrRegistry
}

/** An AWS account to ask. The promises are under way; what they reject with becomes a finding. */
export interface AwsToVerify {
  readonly regions: readonly RegionToVerify[]
  readonly caller: Promise<Caller>
  readonly hasRole: Promise<boolean>
}

/** The repositories to ask. */
export interface GitHubToVerify {
  readonly repositories: readonly GitHubRepository[]
  readonly actions: GitHubActions
  readonly isWorkflowToken: boolean
}

/** What {@link verify} works with. A part that is `undefined` is not asked for. */
export interface VerifyOptions {
  readonly source: Promise<OpenSource>
  readonly dockerHub: (credential: Credential) => Promise<DockerHubFacts>
  readonly aws: Promise<AwsToVerify> | undefined
  readonly gitHub: Promise<GitHubToVerify> | undefined
  readonly policy: PolicyOptions
  /** The account that it should be. */
  readonly account: string | undefined
  /** The source that was asked for by name. */
  readonly askedSource: OpenSource['kind'] | undefined
  /** Whether it runs in a workflow, so that the environment as source holds what GitHub gave. */
  readonly isWorkflow: boolean
  /** Whether `pulumi up` comes next, which makes the cache rules. */
  readonly beforeUp?: boolean
  /** What is to be pulled through the cache, if that is wanted: the one thing here that changes something. */
  readonly pulls?: PullsToProve | undefined
}

/**
 * Prove the whole chain: ask every part at once, then judge what each answered. A part that fails stops no other, and
 * nothing is written; pulls, if they are wanted, come last and are cached by ECR.
 *
 * @throws {@link PullthroughError} `ERR_INTERRUPTED`, and nothing else: every other failure is a finding.
 */
export async function verify(options: VerifyOptions): Promise<readonly Finding[]> {
  const source = observeSource(options.source)
  const version = source.then(({ credential }) => versionIn(credential))
  const [sourceFacts, versionFacts, dockerHub, aws, gitHub] = await Promise.all([
    source,
    version,
    source.then(async ({ credential }) => credential.value && (await options.dockerHub(credential.value))),
    options.aws && observeAws(options.aws),
    options.gitHub && observeGitHub(options.gitHub),
  ])
  const isWorkflow = options.isWorkflow && (sourceFacts.opened.value?.kind ?? options.askedSource) === 'env'
  const ofAws = judgeAws(aws, { version: versionFacts, dockerHub, options, isWorkflow })
  const ofPulls =
    options.pulls &&
    (await provePulls(options.pulls, aws?.value?.regions ?? [], sourceFacts.credential.value, ofAws))
  const findings = [
    ...judgeSource(sourceFacts),
    ...(dockerHub ? judgeDockerHub(dockerHub) : skipDockerHub('the source gave no credential')),
    ...ofAws,
    ...(ofPulls ?? []),
    ...judgeGitHub(gitHub, versionFacts),
  ].map((finding) => (isWorkflow ? mendedAtSource(finding) : finding))
  const token = sourceFacts.credential.value?.token
  const shown = token ? findings.map((finding) => withoutToken(finding, token)) : findings
  return options.beforeUp ? leftToUp(shown) : shown
}

/** What services say is part of findings, and ECR may repeat what it has read: such a text is not shown. */
export function withoutToken(finding: Finding, token: Secret): Finding {
  const { detail, cause, fix } = finding
  const shown = (text: string) =>
    repeats(text, token) ? 'what was said repeats the token, and is not shown' : text
  return {
    ...finding,
    ...(detail === undefined ? {} : { detail: shown(detail) }),
    ...(cause === undefined ? {} : { cause: shown(cause) }),
    ...(fix === undefined ? {} : { fix: shown(fix) }),
  }
}

async function observeSource(source: Promise<OpenSource>): Promise<SourceFacts> {
  const opened = await answered(source)
  return { opened, credential: opened.error ? opened : await answered(opened.value.credential()) }
}

async function versionIn(credential: Answered<Credential>): Promise<Answered<string>> {
  return credential.error ? credential : { value: await versionOf(credential.value) }
}

interface AwsFacts {
  readonly regions: readonly RegionFacts[]
  readonly caller: Answered<Caller>
  readonly hasRole: Answered<boolean>
}

async function observeAws(asked: Promise<AwsToVerify>): Promise<Answered<AwsFacts>> {
  const aws = await answered(asked)
  if (aws.error) return aws
  const [caller, hasRole, ...regions] = await Promise.all([
    answered(aws.value.caller),
    answered(aws.value.hasRole),
    ...aws.value.regions.map(({ secret, registry, ...place }) => observeRegion(place, secret, registry)),
  ])
  return { value: { caller, hasRole, regions } }
}

interface AwsContext {
  readonly version: Answered<string>
  readonly dockerHub: DockerHubFacts | undefined
  readonly options: Pick<VerifyOptions, 'policy' | 'account'>
  readonly isWorkflow: boolean
}

function judgeAws(
  aws: Answered<AwsFacts> | undefined,
  { version, dockerHub, options, isWorkflow }: AwsContext,
): readonly Finding[] {
  if (!aws) return [skipped('aws.region', 'AWS', 'it was not asked for')]
  if (aws.error) return [failed('aws.region', 'AWS', aws.error)]
  const { caller, hasRole, regions } = aws.value
  const context = { version, hasRole, policy: options.policy, loginFailure: dockerHub?.login.error }
  return [
    ok('aws.region', 'AWS', regions.map(({ region }) => region).join(', ')),
    ...judgeAccount(
      { caller, hasRole },
      {
        wanted: options.account,
        hasRules: hasRules(regions),
        hasValidated: regions.some(({ validations }) =>
          [...validations.values()].some(({ value }) => value?.isValid),
        ),
      },
    ),
    ...regions.flatMap((region) => judgeRegion(region, context)),
    ...(isWorkflow ? regions.map((region) => judgeWorkflow(region, version)) : []),
  ]
}

function hasRules(regions: readonly RegionFacts[]): boolean | undefined {
  if (regions.some(({ rules }) => (rules.value ?? []).length > 0)) return true
  return regions.some(({ rules }) => rules.error) ? undefined : false
}

interface GitHubFacts {
  readonly repositories: readonly RepositoryFacts[]
  readonly isWorkflowToken: boolean
}

async function observeGitHub(asked: Promise<GitHubToVerify>): Promise<Answered<GitHubFacts>> {
  const gitHub = await answered(asked)
  if (gitHub.error) return gitHub
  const { repositories, actions, isWorkflowToken } = gitHub.value
  const facts = await Promise.all(repositories.map((repository) => observeRepository(repository, actions)))
  return { value: { repositories: facts, isWorkflowToken } }
}

function judgeGitHub(
  gitHub: Answered<GitHubFacts> | undefined,
  desiredVersion: Answered<string>,
): readonly Finding[] {
  if (!gitHub) return [skipped('github.repository', 'GitHub', 'it was not asked for')]
  if (gitHub.error) return [failed('github.repository', 'GitHub', gitHub.error)]
  const { repositories, isWorkflowToken } = gitHub.value
  return repositories.flatMap((facts) => judgeRepository(facts, { desiredVersion, isWorkflowToken }))
}
