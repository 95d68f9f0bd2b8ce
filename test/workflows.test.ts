import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

interface Step {
  readonly name?: string
  readonly if?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Record<string, unknown>
  readonly env?: Record<string, string>
}

interface Workflow {
  readonly on: Record<string, unknown>
  readonly permissions?: Record<string, string>
  readonly jobs: Record<string, { readonly env?: Record<string, string>; readonly steps: readonly Step[] }>
}

const folder = join(import.meta.dirname, '../.github/workflows')
const files = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8')
  return { name, text, workflow: parse(text) as Workflow }
})

function stepsOf({ jobs }: Workflow): readonly Step[] {
  return Object.values(jobs).flatMap(({ steps }) => steps)
}

describe.each(files)('$name', ({ text, workflow }) => {
  test('says what its token may do', () => {
    expect(workflow.permissions).toBeDefined()
  })

  test('pins each action to a commit, and says which version that is', () => {
    const lines = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line))
    const pinned = /^\s*(?:- )?uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/
    expect(lines).toHaveLength(stepsOf(workflow).filter(({ uses }) => uses).length)
    expect(lines.filter((line) => !pinned.test(line))).toEqual([])
  })

  test('lets no expression into a script, so no secret and no text of a stranger either', () => {
    expect(stepsOf(workflow).flatMap(({ run }) => (run?.includes('${{') ? [run] : []))).toEqual([])
  })
})

describe('the scheduled verification', () => {
  const { workflow } = files.find(({ name }) => name === 'verify.yml') ?? {}
  const { verify } = workflow?.jobs ?? {}
  const steps = verify?.steps ?? []
  const last = steps.at(-1)

  test('runs daily, and when asked to', () => {
    const daily = expect.stringMatching(/^\d+ \d+ \* \* \*$/) as string
    expect(workflow?.on).toEqual({ schedule: [{ cron: daily }], workflow_dispatch: null })
  })

  test('may read the repository and ask for an OIDC token, and nothing else', () => {
    expect(workflow?.permissions).toEqual({ contents: 'read', 'id-token': 'write' })
    expect(Object.keys(verify ?? {})).not.toContain('permissions')
  })

  test('hands secrets to the one step that needs them', () => {
    const withSecrets = steps.filter((step) => JSON.stringify(step).includes('secrets.'))
    expect(withSecrets).toEqual([last])
    expect(last?.env).toEqual({
      DOCKER_HUB_USERNAME: '${{ secrets.DOCKER_HUB_USERNAME }}',
      DOCKER_HUB_TOKEN: '${{ secrets.DOCKER_HUB_TOKEN }}',
      GH_TOKEN: '${{ secrets.VERIFY_GITHUB_TOKEN || github.token }}',
    })
    expect(last?.run).toBe('node bin/pullthrough.js verify --source env --region "$AWS_REGION"')
  })

  test('knows of the secrets elsewhere only whether they are there', () => {
    expect(Object.values(verify?.env ?? {})).toEqual([
      "${{ secrets.DOCKER_HUB_USERNAME != '' || secrets.DOCKER_HUB_TOKEN != '' || vars.AWS_ROLE_TO_ASSUME != '' }}",
    ])
  })

  test('installs before it takes AWS credentials, so that no install script sees them', () => {
    const order = steps.flatMap(
      ({ uses, run }) => uses?.split('@')[0] ?? run?.split(' ').slice(0, 2).join(' ') ?? [],
    )
    expect(order.slice(1)).toEqual([
      'actions/checkout',
      'actions/setup-node',
      'npm ci',
      'aws-actions/configure-aws-credentials',
      'node bin/pullthrough.js',
    ])
  })

  test('takes a role by OIDC, never a stored key', () => {
    expect(steps.find(({ uses }) => uses?.startsWith('aws-actions/'))?.with).toEqual({
      'role-to-assume': '${{ vars.AWS_ROLE_TO_ASSUME }}',
      'aws-region': '${{ vars.AWS_REGION }}',
    })
  })

  test('does nothing but say so where nothing is set up', () => {
    expect(steps.map((step) => step.if)).toEqual([
      "env.SET_UP != 'true'",
      ...steps.slice(1).map(() => "env.SET_UP == 'true'"),
    ])
    expect(steps[0]?.run).toMatch(/^echo '::notice title=/)
  })
})
