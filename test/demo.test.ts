import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the demo tells its story to the end, in one screen, with the token masked', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, '../demo/run.js')], {
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  expect(stdout.split('\n').filter((line) => /^[#$]|^ {2}\d+ |^ {2}would|exit code/.test(line))).toEqual([
    '# A Pulumi project with the credential in its config, the token encrypted (Pulumi.dev.yaml):',
    '# One command puts it where ECR and GitHub Actions need it:',
    '$ pullthrough sync',
    '  5 changed, 5 writes',
    '# What they hold now (read behind their backs, the token masked):',
    '# Again: nothing to do, nothing written.',
    '$ pullthrough sync',
    '  5 in sync, 0 writes',
    '# Somebody drops the secret’s resource policy. A dry run names it:',
    '$ pullthrough sync --dry-run',
    '  would create  us-east-1 ecr-pullthroughcache/docker-hub policy  the secret has no resource policy',
    '  1 would change, 4 in sync',
    '  (exit code 2)',
  ])
  expect(stdout.split('\n').length).toBeLessThan(60)
  expect(stdout).not.toContain('dckr_pat_sandbox')
})
