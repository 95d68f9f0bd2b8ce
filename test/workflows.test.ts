import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { does, jobOf, root, type Step, stepsOf, workflowFiles, workflowNamed } from './workflow-files.ts'

const pair = {
  DOCKER_HUB_USERNAME: '${{ secrets.DOCKER_HUB_USERNAME }}',
  DOCKER_HUB_TOKEN: '${{ secrets.DOCKER_HUB_TOKEN }}',
}
const pulumiSecrets = {
  PULUMI_ACCESS_TOKEN: '${{ secrets.PULUMI_ACCESS_TOKEN }}',
  PULUMI_CONFIG_PASSPHRASE: '${{ secrets.PULUMI_CONFIG_PASSPHRASE }}',
}
/** That secrets are there is known beforehand; what they are is not. */
const setUp =
  "${{ secrets.DOCKER_HUB_USERNAME != '' || secrets.DOCKER_HUB_TOKEN != '' || vars.AWS_ROLE_TO_ASSUME != '' }}"

/** The environments of the steps that get a secret, by what the step does. */
function secretsIn(steps: readonly Step[]): readonly (readonly [string, unknown])[] {
  return steps
    .filter((step) => JSON.stringify(step).includes('secrets.'))
    .map((step) => [does(step), step.env])
}

describe.each(workflowFiles)('$name', ({ text, workflow }) => {
  test('says what its token may do, and never more than to read and to ask for an OIDC token', () => {
    expect(workflow.permissions).toBeDefined()
    const scopes = [workflow, ...Object.values(workflow.jobs)].flatMap(({ permissions = {} }) =>
      Object.entries(permissions).map(([scope, access]) => `${scope}: ${access}`),
    )
    expect(scopes.filter((scope) => !['contents: read', 'id-token: write'].includes(scope))).toEqual([])
  })

  test('pins each action to a commit, and says which version that is', () => {
    const lines = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line))
    const pinned = /^\s*(?:- )?uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/
    expect(lines).toHaveLength(stepsOf(workflow).filter(({ uses }) => uses).length)
    expect(lines.filter((line) => !pinned.test(line))).toEqual([])
  })

  test('pins an action to the same commit as the other workflows do', () => {
    const pins = workflowFiles.flatMap((file) => stepsOf(file.workflow).flatMap(({ uses }) => uses ?? []))
    const names = new Set(pins.map((pin) => pin.split('@')[0]))
    expect(new Set(pins).size).toBe(names.size)
  })

  test('lets no expression into a script, so no secret and no text of a stranger either', () => {
    expect(stepsOf(workflow).flatMap(({ run }) => (run?.includes('${{') ? [run] : []))).toEqual([])
  })

  test('never runs what a stranger wrote with the rights of the repository', () => {
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
    expect(Object.keys(workflow.on)).not.toContain('workflow_run')
  })

  test('leaves no token of GitHub’s behind in the checkout', () => {
    const checkouts = stepsOf(workflow).filter((step) => does(step) === 'actions/checkout')
    expect(checkouts.length).toBeGreaterThan(0)
    for (const checkout of checkouts) expect(checkout.with).toEqual({ 'persist-credentials': false })
  })

  test('ends', () => {
    const limits = Object.values(workflow.jobs).map((job) => job['timeout-minutes'])
    expect(limits.filter((minutes) => minutes === undefined)).toEqual([])
  })
})

describe('the scheduled verification', () => {
  const workflow = workflowNamed('verify.yml')
  const verify = jobOf(workflow, 'verify')
  const { steps } = verify

  test('runs daily, and when asked to', () => {
    const daily = expect.stringMatching(/^\d+ \d+ \* \* \*$/) as string
    expect(workflow.on).toEqual({ schedule: [{ cron: daily }], workflow_dispatch: null })
  })

  test('may read the repository and ask for an OIDC token, and nothing else', () => {
    expect(workflow.permissions).toEqual({ contents: 'read', 'id-token': 'write' })
    expect(Object.keys(verify)).not.toContain('permissions')
  })

  test('hands secrets to the one step that needs them', () => {
    expect(secretsIn(steps)).toEqual([
      [
        'node bin/pullthrough.js',
        { ...pair, GH_TOKEN: '${{ secrets.VERIFY_GITHUB_TOKEN || github.token }}' },
      ],
    ])
    expect(steps.at(-1)?.run).toBe('node bin/pullthrough.js verify --source env --region "$AWS_REGION"')
  })

  test('knows of the secrets elsewhere only whether they are there', () => {
    expect(verify.env).toEqual({ SET_UP: setUp })
  })

  test('installs before it takes AWS credentials, so that no install script sees them', () => {
    expect(steps.slice(1).map(does)).toEqual([
      'actions/checkout',
      'actions/setup-node',
      'npm ci',
      'aws-actions/configure-aws-credentials',
      'node bin/pullthrough.js',
    ])
  })

  test('takes a role by OIDC, never a stored key', () => {
    expect(steps.find((step) => does(step).startsWith('aws-actions/'))?.with).toEqual({
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

describe('the deployment', () => {
  const workflow = workflowNamed('pulumi.yml')
  const preview = jobOf(workflow, 'preview')
  const up = jobOf(workflow, 'up')

  test('previews pull requests to main and dev, and deploys what is pushed to them', () => {
    const branches = ['main', 'dev']
    expect(workflow.on).toEqual({ pull_request: { branches }, push: { branches } })
    expect(Object.entries(workflow.jobs).map(([name, job]) => [name, job.if])).toEqual([
      ['preview', "github.event_name == 'pull_request'"],
      ['up', "github.event_name == 'push'"],
    ])
  })

  test('has a stack, with a file of its config, for each branch', () => {
    expect(preview.env?.['STACK']).toBe('${{ github.base_ref }}')
    expect(up.env?.['STACK']).toBe('${{ github.ref_name }}')
    for (const stack of ['main', 'dev']) {
      expect(existsSync(join(root, `infrastructure/Pulumi.${stack}.yaml`))).toBe(true)
    }
  })

  test.each(Object.entries(workflow.jobs))(
    '%s may read the repository and ask for an OIDC token',
    (_, job) => {
      expect(workflow.permissions).toEqual({})
      expect(job.permissions).toEqual({ contents: 'read', 'id-token': 'write' })
    },
  )

  test('never cancels an up that runs, and lets one at a time change a stack', () => {
    expect(up.concurrency).toEqual({
      group: 'pulumi-up-${{ github.ref_name }}',
      'cancel-in-progress': false,
    })
    expect(preview.concurrency).toEqual({
      group: 'pulumi-preview-${{ github.event.pull_request.number }}',
      'cancel-in-progress': true,
    })
    expect(Object.keys(workflow)).not.toContain('concurrency')
  })

  test('installs everything before it takes AWS credentials, and verifies before and after up', () => {
    const prepared = ['actions/checkout', 'actions/setup-node', 'pulumi/actions', 'npm ci']
    expect(preview.steps.slice(1).map(does)).toEqual([
      ...prepared,
      'aws-actions/configure-aws-credentials',
      'pulumi preview',
    ])
    expect(up.steps.slice(1).map(does)).toEqual([
      ...prepared,
      'aws-actions/configure-aws-credentials',
      'node bin/pullthrough.js',
      'if [[',
      'pulumi up',
      'node bin/pullthrough.js',
    ])
    expect(
      up.steps
        .slice(-4)
        .filter(({ name }) => name !== 'Refuse a stack file without its salt')
        .map(({ run }) => run),
    ).toEqual([
      'node bin/pullthrough.js verify --source env --only aws --region "$AWS_REGION" --before-up',
      'pulumi up --stack "$STACK" --yes --non-interactive',
      'node bin/pullthrough.js verify --source env --only aws --region "$AWS_REGION"',
    ])
  })

  test('lets no step go on after one that failed', () => {
    const text = JSON.stringify(workflow)
    expect(text).not.toContain('continue-on-error')
    expect(text).not.toMatch(/always\(\)|failure\(\)/)
  })

  test('hands the Docker Hub pair to verify alone, and what opens the state to pulumi alone', () => {
    expect(secretsIn(preview.steps)).toEqual([['pulumi preview', pulumiSecrets]])
    expect(secretsIn(up.steps)).toEqual([
      ['node bin/pullthrough.js', pair],
      ['pulumi up', pulumiSecrets],
      ['node bin/pullthrough.js', pair],
    ])
  })

  test('runs pulumi where the program is', () => {
    const places = [...preview.steps, ...up.steps].flatMap((step) => step['working-directory'] ?? [])
    expect(places).toEqual(['infrastructure', 'infrastructure', 'infrastructure'])
  })

  test('takes an exact version of pulumi, and does no more with its action than to install it', () => {
    const installs = stepsOf(workflow).filter((step) => does(step) === 'pulumi/actions')
    expect(installs.map((step) => step.with)).toEqual([
      { 'pulumi-version': '3.259.0' },
      { 'pulumi-version': '3.259.0' },
    ])
  })

  test('previews with a role of its own, which strangers to main never share with up', () => {
    const roles = stepsOf(workflow)
      .filter((step) => does(step).startsWith('aws-actions/'))
      .map((step) => step.with)
    expect(roles).toEqual([
      { 'role-to-assume': '${{ vars.AWS_ROLE_TO_PREVIEW }}', 'aws-region': '${{ vars.AWS_REGION }}' },
      { 'role-to-assume': '${{ vars.AWS_ROLE_TO_ASSUME }}', 'aws-region': '${{ vars.AWS_REGION }}' },
    ])
  })

  test('does nothing but say so for a fork, for Dependabot, and where nothing is set up', () => {
    expect(preview.env).toEqual({
      CAN_PREVIEW:
        "${{ github.event.pull_request.head.repo.full_name == github.repository && github.actor != 'dependabot[bot]' && vars.AWS_ROLE_TO_PREVIEW != '' }}",
      PULUMI_BACKEND_URL: '${{ vars.PULUMI_BACKEND_URL }}',
      STACK: '${{ github.base_ref }}',
    })
    expect(up.env).toEqual({
      SET_UP: setUp,
      PULUMI_BACKEND_URL: '${{ vars.PULUMI_BACKEND_URL }}',
      STACK: '${{ github.ref_name }}',
    })
    for (const [steps, condition] of [
      [preview.steps, 'CAN_PREVIEW'],
      [up.steps, 'SET_UP'],
    ] as const) {
      expect(steps.map((step) => step.if)).toEqual([
        `env.${condition} != 'true'`,
        ...steps.slice(1).map(() => `env.${condition} == 'true'`),
      ])
      expect(steps[0]?.run).toMatch(/^echo '::notice title=/)
    }
  })
})

describe('the checks of this repository', () => {
  const workflow = workflowNamed('ci.yml')

  test('run on every Node that package.json promises, for each change', () => {
    expect(workflow.on).toEqual({ pull_request: null, push: { branches: ['main', 'dev'] } })
    const check = jobOf(workflow, 'check')
    expect(check.strategy).toEqual({ 'fail-fast': false, matrix: { node: [20, 22, 24] } })
    expect(check.steps.map(does)).toEqual(['actions/checkout', 'actions/setup-node', 'npm ci', 'npm run'])
    expect(check.steps.at(-1)?.run).toBe('npm run check')
  })

  test('may read the repository, and see no secret', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    expect(Object.values(workflow.jobs).map(({ permissions }) => permissions)).toEqual([undefined, undefined])
    expect(JSON.stringify(workflow)).not.toContain('secrets.')
  })

  test('give way to a newer push of the same pull request', () => {
    expect(workflow.concurrency).toEqual({
      group: 'ci-${{ github.ref }}',
      'cancel-in-progress': "${{ github.event_name == 'pull_request' }}",
    })
  })
})
