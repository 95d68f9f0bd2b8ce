import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { passphraseEncryption, writePulumiProject } from '../../../demo/pulumi-project.js'
import { type CheckChange, each, type Fault, inEnvironment, targets, type World } from '../broken-world.ts'
import { seeded } from '../in-process.ts'

const { source, hub, secret, repository } = targets

/** What cannot be asked without the credential. What ECR and GitHub do with theirs is asked all the same. */
const withoutCredential: readonly CheckChange[] = [
  ...each(['docker-hub.login', 'docker-hub.scope', 'docker-hub.limit'], hub, 'skipped', /gave no credential/),
  ['secret.version', secret, 'skipped', /credential is not known/],
  ['github.drift', repository, 'skipped', /source’s credential cannot be read/],
]

/** A source that can be read, and whose credential is none. */
function badCredential(status: 'missing' | 'drift', says: RegExp): readonly CheckChange[] {
  return [['source.credential', source, status, says], ...withoutCredential]
}

/** A source that cannot be read. */
function unreadable(says: RegExp): readonly CheckChange[] {
  return [
    ['source.read', source, 'unreachable', says],
    ['source.credential', source, 'skipped', /source could not be read/],
    ...withoutCredential,
  ]
}

/** Write a project below the bench’s directory, all of them under one key. */
async function project({ bench }: World, cwd: string, config: Readonly<Record<string, unknown>>) {
  encryption ??= passphraseEncryption('correct horse battery staple')
  const directory = join(bench.directory, cwd)
  const options = {
    project: 'acme-infra',
    stack: 'dev',
    passphrase: '',
    encryption: await encryption,
    config,
  }
  await writePulumiProject(directory, options)
  return { cwd }
}

let encryption: ReturnType<typeof passphraseEncryption> | undefined

const touches = ['source']

export const sourceFaults: readonly Fault[] = [
  {
    name: 'the environment lacks half of the pair',
    touches,
    break: () => ({ env: { DOCKER_HUB_TOKEN: undefined } }),
    changes: badCredential('missing', /^DOCKER_HUB_TOKEN is not set, so half of the pair is missing$/),
    mends: 'person',
  },
  {
    name: 'the environment lacks the pair',
    touches,
    break: () => ({ env: { DOCKER_HUB_USERNAME: undefined, DOCKER_HUB_TOKEN: undefined } }),
    changes: badCredential('missing', /^DOCKER_HUB_USERNAME is not set and DOCKER_HUB_TOKEN is not set$/),
    mends: 'person',
  },
  {
    name: 'the token is a placeholder',
    touches,
    break: () => ({ env: inEnvironment('your_token') }),
    changes: badCredential('drift', /^DOCKER_HUB_TOKEN is a placeholder, not a real value$/),
    mends: 'person',
  },
  {
    name: 'a line break ends the token',
    touches,
    break: () => ({ env: inEnvironment(`${seeded.token}\n`) }),
    changes: badCredential('drift', /^DOCKER_HUB_TOKEN ends with a line break$/),
    mends: 'person',
  },
  {
    name: 'username and token are swapped',
    touches,
    break: () => ({ env: inEnvironment(seeded.username, seeded.token) }),
    changes: badCredential('drift', /^DOCKER_HUB_USERNAME is a token, not a Docker ID$/),
    mends: 'person',
  },
  {
    name: 'the passphrase is wrong',
    setting: 'pulumi',
    touches,
    break: () => ({ env: { PULUMI_CONFIG_PASSPHRASE: 'another one' } }),
    changes: unreadable(/^wrong passphrase for /),
    mends: 'person',
  },
  {
    name: 'there is no passphrase',
    setting: 'pulumi',
    touches,
    break: () => ({ env: { PULUMI_CONFIG_PASSPHRASE: undefined } }),
    changes: unreadable(/^no passphrase for the stack’s secrets$/),
    mends: 'person',
  },
  {
    name: 'the stack lacks a key',
    setting: 'pulumi',
    touches,
    break: () => ({ flags: ['--username-key', 'hub.user'] }),
    changes: badCredential('missing', /^hub\.user is not set for stack dev \(Pulumi\.dev\.yaml\), so half/),
    mends: 'person',
  },
  {
    name: 'the token is in plain text',
    setting: 'pulumi',
    touches,
    break: (world) =>
      project(world, 'plain', { dockerHubUsername: seeded.username, dockerHubToken: seeded.token }),
    changes: badCredential('drift', /^dockerHubToken in Pulumi\.dev\.yaml is in plain text$/),
    mends: 'person',
  },
  {
    name: 'the encrypted token is a placeholder',
    setting: 'pulumi',
    touches,
    break: (world) =>
      project(world, 'placeholder', {
        dockerHubUsername: seeded.username,
        dockerHubToken: { secret: 'changeme' },
      }),
    changes: badCredential('drift', /^dockerHubToken of stack dev \(Pulumi\.dev\.yaml\) is a placeholder/),
    mends: 'person',
  },
  {
    name: 'the ciphertext is damaged',
    setting: 'pulumi',
    touches,
    async break(world) {
      const cwd = 'damaged'
      const config = {
        dockerHubUsername: seeded.username,
        dockerHubToken: { secure: 'v1:AAAAAAAAAAAAAAAA:AAAA' },
      }
      return project(world, cwd, config)
    },
    changes: unreadable(/dockerHubToken/),
    mends: 'person',
  },
  {
    name: 'there is no such stack',
    setting: 'pulumi',
    touches,
    break: () => ({ flags: ['--stack', 'prod'], env: { PATH: '/nowhere' } }),
    changes: unreadable(/^there is no stack file .*Pulumi\.prod\.yaml$/),
    mends: 'person',
  },
  {
    name: 'there is no project',
    setting: 'pulumi',
    touches,
    break: () => ({ flags: ['--cwd', '/'] }),
    changes: unreadable(/^no Pulumi project \(Pulumi\.yaml\) in \/ and above$/),
    mends: 'person',
  },
  {
    name: 'the stack file is malformed',
    setting: 'pulumi',
    touches,
    async break(world) {
      const change = await project(world, 'malformed', { dockerHubUsername: seeded.username })
      const file = join(world.bench.directory, change.cwd, 'Pulumi.dev.yaml')
      await writeFile(file, 'config:\n  acme-infra:dockerHubUsername: [sandbox\n')
      return change
    },
    changes: unreadable(/Pulumi\.dev\.yaml:3 is malformed: /),
    mends: 'person',
  },
  {
    name: 'the project has two stacks and none is chosen',
    setting: 'pulumi',
    touches,
    async break(world) {
      const change = await project(world, 'two', { dockerHubUsername: seeded.username })
      await writeFile(join(world.bench.directory, change.cwd, 'Pulumi.prod.yaml'), 'config: {}\n')
      return change
    },
    changes: unreadable(/^project acme-infra has several stacks: dev, prod$/),
    mends: 'person',
  },
]
