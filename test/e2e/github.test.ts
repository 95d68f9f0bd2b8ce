import { afterEach, beforeEach, expect, test } from 'vitest'
import { seeded } from '../cli/in-process.ts'
import { describeWithClients } from './clients.ts'
import { openWorkplace, type Workplace, writeProject } from './workplace.ts'

const repository = 'github.localhost/acme/widgets'

describeWithClients('gh', () => {
  let workplace: Workplace

  beforeEach(async () => {
    workplace = await openWorkplace()
    await writeProject(workplace.project)
  })

  afterEach(async () => {
    await workplace.close()
  })

  test('lists the secrets that sync wrote', async () => {
    await workplace.sync()
    const listed = await gh('secret', 'list', '--repo', repository)
    const names = listed.split('\n').map((line) => line.split('\t')[0])
    expect(names).toEqual(['DOCKER_HUB_TOKEN', 'DOCKER_HUB_USERNAME', ''])
  })

  // `gh variable` came with gh 2.31; Debian 12 has 2.23, so its `gh api` asks.
  test('reads the variable in which sync keeps what it wrote', async () => {
    await workplace.sync()
    const answer = JSON.parse(await gh('api', 'repos/acme/widgets/actions/variables')) as {
      variables: readonly { name: string; value: string }[]
    }
    const { github } = await workplace.state()
    const name = 'DOCKER_HUB_CREDENTIALS_SYNC'
    expect(answer.variables.map((variable) => [variable.name, variable.value])).toEqual([
      [name, github['acme/widgets']?.variables[name]?.value],
    ])
    expect(answer.variables[0]?.value).not.toContain(seeded.token)
  })

  test('sets a secret that opens to the right text', async () => {
    const value = `two lines,\n"quotes", a \\ and ${'ü'.repeat(100)}`
    await gh('secret', 'set', 'OTHER_SECRET', '--repo', repository, { input: value })
    const { github } = await workplace.state()
    expect(github['acme/widgets']?.secrets['OTHER_SECRET']?.value).toBe(value)
  })

  test('changes a secret, which the next sync notices and puts right', async () => {
    await workplace.sync()
    await workplace.control('POST', '/clock', { advanceMs: 60_000 })
    await gh('secret', 'set', 'DOCKER_HUB_TOKEN', '--repo', repository, { input: 'meddled' })

    const { changes } = await workplace.sync()
    expect(
      changes.filter(({ destination }) => destination === 'github').map(({ action }) => action),
    ).toContain('update')
    const { github } = await workplace.state()
    expect(github['acme/widgets']?.secrets['DOCKER_HUB_TOKEN']?.value).toBe(seeded.token)
    expect((await workplace.sync()).writes).toBe(0)
  })

  test('deletes a secret, which the next sync writes again', async () => {
    await workplace.sync()
    await gh('secret', 'delete', 'DOCKER_HUB_USERNAME', '--repo', repository)
    await workplace.sync()
    const { github } = await workplace.state()
    expect(github['acme/widgets']?.secrets['DOCKER_HUB_USERNAME']?.value).toBe(seeded.username)
    expect((await workplace.sync()).writes).toBe(0)
  })

  async function gh(...words: readonly (string | { readonly input: string })[]): Promise<string> {
    const args = words.filter((word) => typeof word === 'string')
    const [options] = words.filter((word) => typeof word !== 'string')
    const { code, stdout, stderr } = await workplace.gh(args, options)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }
})
