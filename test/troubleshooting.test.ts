import { expect, test } from 'vitest'
import { errorTexts } from '../src/checks/error-texts.ts'
import type { ErrorText } from '../src/checks/error-texts/error-text.ts'
import { type CheckId, checks } from '../src/checks/finding.ts'
import { allCauses, pagePath, troubleshootingPage } from './troubleshooting-page.ts'

test('the page says what the program says (after a change: npx vitest run test/troubleshooting.test.ts -u)', async () => {
  await expect(await troubleshootingPage()).toMatchFileSnapshot(pagePath)
})

test('every cause is one sentence with a cure', async () => {
  const causes = await allCauses()
  expect(causes.length).toBeGreaterThan(40)
  for (const [name, { example, symptom }] of causes) {
    expect(`${name}: ${example.cause}`).toMatch(/: \S.*[^.\s]$/)
    expect(`${name}: ${example.fix}`).toMatch(/: \S.*[^.\s]$/)
    expect(`${name}: ${symptom}`).toMatch(/: \S.{10}/)
  }
})

test('every red check that the program can make has a cause, or an error of the service asked', async () => {
  const withCause = new Set([
    ...(await allCauses()).map(([, { check }]) => check),
    ...Object.values<ErrorText>(errorTexts).flatMap(({ causes }) =>
      causes.map(({ check }): CheckId => check),
    ),
  ])
  // What fails in these is told in the words of the source, of Docker Hub, of AWS, or of the option that is missing.
  const told: readonly CheckId[] = [
    'source.read',
    'source.credential',
    'docker-hub.login',
    'aws.region',
    'pull.clean-up',
  ]
  const without = (Object.keys(checks) as CheckId[]).filter((id) => !withCause.has(id) && !told.includes(id))
  expect(without).toEqual([])
})
