import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LoggedRequest, longestChain } from '../../bench/round-trips.js'
import { seeded } from '../cli/in-process.ts'
import { describeWithClients } from './clients.ts'
import { currentText, onlySecret, openWorkplace, type Workplace, writeProject } from './workplace.ts'

const script = join(import.meta.dirname, '../../bench/sync-with-clis.sh')

test.each([
  ['nothing', [], []],
  ['requests at once', ['a 0 10', 'b 0 10', 'c 9 10'], ['a']],
  ['one after another', ['a 0 10', 'b 10 10', 'c 25 10'], ['a', 'b', 'c']],
  ['two branches', ['a 0 10', 'b 0 30', 'c 12 10', 'd 31 5', 'e 24 10'], ['a', 'c', 'e']],
])('the bench finds the longest chain of %s', (_what, requests, chain) => {
  const logged = requests.map((text): LoggedRequest => {
    const [operation = '', start, ms] = text.split(' ')
    return {
      at: new Date(Number(start)).toISOString(),
      ms: Number(ms),
      service: '',
      operation,
      mutating: false,
    }
  })
  expect(longestChain(logged).map(({ operation }) => operation)).toEqual(chain)
})

describeWithClients('the script that the bench compares with', () => {
  let workplace: Workplace

  beforeEach(async () => {
    workplace = await openWorkplace()
    await writeProject(workplace.project)
    await workplace.succeed('pulumi', ['stack', 'init', 'dev', '--no-select', '--non-interactive'])
    await workplace.succeed('pulumi', ['stack', 'select', 'dev', '--non-interactive'])
  })

  afterEach(async () => {
    await workplace.close()
  })

  test('leaves what sync leaves', async () => {
    await run()
    const { aws, github, dockerHub } = await workplace.state()
    const secret = onlySecret({ aws, github, dockerHub })
    expect(currentText(secret)).toBe(JSON.stringify({ username: seeded.username, accessToken: seeded.token }))
    expect(secret.policy).toMatchObject({ Statement: [{ Effect: 'Allow' }, { Effect: 'Deny' }] })
    const { secrets } = github['acme/widgets'] ?? {}
    expect(secrets?.['DOCKER_HUB_USERNAME']?.value).toBe(seeded.username)
    expect(secrets?.['DOCKER_HUB_TOKEN']?.value).toBe(seeded.token)

    // What AWS lets it compare, it does not write again.
    await run()
    expect(onlySecret(await workplace.state()).versions).toEqual(secret.versions)
  })

  test('fails where sync fails', async () => {
    await workplace.control('POST', '/docker-hub/accounts', {
      username: seeded.username,
      token: seeded.token,
      scope: 'repo:public_read',
      plan: 'personal',
      state: 'revoked',
    })
    await expect(run()).rejects.toThrow('Docker Hub answered the login of sandbox with 401')
    expect((await workplace.state()).github['acme/widgets']?.secrets).toEqual({})
  })

  async function run(): Promise<void> {
    const env = { HTTP_PROXY: workplace.env['PULLTHROUGH_GH_PROXY'], NO_PROXY: '127.0.0.1' }
    await workplace.succeed(script, [], { env })
  }
})
