import { expect, test } from 'vitest'
import {
  distinctRepositories,
  fullName,
  isSameRepository,
  parseGitHubRepository,
} from '../../src/github/repository.ts'

test.each([
  ['acme/widgets', { owner: 'acme', name: 'widgets' }],
  ['Acme-Corp/Widgets.js_2', { owner: 'Acme-Corp', name: 'Widgets.js_2' }],
  ['mona_octo/.github', { owner: 'mona_octo', name: '.github' }],
  [`${'a'.repeat(39)}/${'b'.repeat(100)}`, { owner: 'a'.repeat(39), name: 'b'.repeat(100) }],
])('reads %s', (text, repository) => {
  expect(parseGitHubRepository(text)).toEqual(repository)
  expect(fullName(repository)).toBe(text)
})

test.each([
  ['', 'acme/widgets'],
  ['widgets', 'acme/widgets'],
  ['acme/', 'acme/widgets'],
  ['/widgets', 'acme/widgets'],
  ['acme widgets', 'acme/widgets'],
  ['acme/wid gets', 'acme/widgets'],
  ['-acme/widgets', 'acme/widgets'],
  ['acme/.', 'acme/widgets'],
  ['acme/..', 'acme/widgets'],
  ['../../user', 'acme/widgets'],
  ['acme/widgets?x=1', 'acme/widgets'],
  ['acme/widgets\n', 'acme/widgets'],
  [`${'a'.repeat(40)}/b`, 'acme/widgets'],
  [`a/${'b'.repeat(101)}`, 'acme/widgets'],
  ['big/gears.git', 'big/gears'],
  ['github.com/big/gears', 'big/gears'],
  ['https://github.com/big/gears', 'big/gears'],
  ['git@github.com:big/gears.git', 'big/gears'],
])('refuses %j and suggests %s', (text, suggestion) => {
  expect(() => parseGitHubRepository(text, 'GITHUB_REPOSITORY')).toThrow(
    expect.objectContaining({
      code: 'ERR_USAGE',
      message: `GITHUB_REPOSITORY is not a GitHub repository: ${JSON.stringify(text)}`,
      hint: `write OWNER/NAME, such as ${suggestion}`,
    }),
  )
})

test('knows a repository in any case, and names it once', () => {
  const [one, other] = [parseGitHubRepository('Acme/Widgets'), parseGitHubRepository('acme/widgets')]
  expect(isSameRepository(one, other)).toBe(true)
  expect(distinctRepositories([one, other, { owner: 'acme', name: 'gears' }])).toEqual([
    one,
    { owner: 'acme', name: 'gears' },
  ])
})

test('does not repeat a password in a URL', () => {
  expect(() => parseGitHubRepository('https://mona:hunter2@github.com/acme/widgets')).toThrow(
    expect.objectContaining({
      message: '--repo is not a GitHub repository: "https://github.com/acme/widgets"',
      hint: 'write OWNER/NAME, such as acme/widgets',
    }),
  )
})
