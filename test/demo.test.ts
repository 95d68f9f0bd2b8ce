import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the demo tells its story to the end, in one screen, with the token masked', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, '../demo/run.js')], {
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  expect(
    stdout.split('\n').filter((line) => /^[#$]|changed|in sync,|would/.test(line)),
  ).toMatchInlineSnapshot()
  expect(stdout.split('\n').length).toBeLessThan(60)
  expect(stdout).not.toContain('dckr_pat_sandbox')
})
