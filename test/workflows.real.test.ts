import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root, workflowFiles } from './workflow-files.ts'

/** The `actionlint` to ask, as an absolute path; it finds `shellcheck` on PATH. Without it these tests are skipped. */
const actionlint = process.env['PULLTHROUGH_E2E_ACTIONLINT'] ?? ''

interface Complaint {
  readonly line: number
  readonly kind: string
  readonly message: string
}

/** What actionlint says about a workflow, and what shellcheck says about its scripts. */
function complaintsAbout(name: string, text: string): readonly Complaint[] {
  const path = join('.github/workflows', name)
  const { status, stdout, stderr } = spawnSync(
    actionlint,
    ['-format', '{{json .}}', '-stdin-filename', path, '-'],
    { cwd: root, input: text, encoding: 'utf8' },
  )
  if (status !== 0 && status !== 1) throw new Error(`actionlint ended with ${status}: ${stderr}`)
  return JSON.parse(stdout) as readonly Complaint[]
}

describe.skipIf(actionlint === '')('actionlint', () => {
  test.each(workflowFiles)('has nothing against $name', ({ name, text }) => {
    expect(complaintsAbout(name, text)).toEqual([])
  })

  test('finds a wrong expression, a permission that there is not, and a slip in a script', () => {
    const broken = [
      'on: push',
      'permissions:',
      '  id-tokn: write',
      'jobs:',
      '  up:',
      '    runs-on: ubuntu-latest',
      '    steps:',
      '      - if: secret.DOCKER_HUB_TOKEN',
      '        run: rm -r $STACK',
    ].join('\n')
    const found = complaintsAbout('broken.yml', broken).map(({ line, kind }) => `${line} ${kind}`)
    expect(found).toEqual(['3 permissions', '8 expression', '9 shellcheck'])
  })
})
