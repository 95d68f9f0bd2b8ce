import { expect, test } from 'vitest'
import { parseRemoteUrl } from '../../src/github/remote-url.ts'

test.each([
  ['https://github.com/acme/widgets'],
  ['https://github.com/acme/widgets.git'],
  ['https://github.com/acme/widgets/'],
  ['https://GitHub.com/acme/widgets'],
  ['https://www.github.com/acme/widgets'],
  ['https://user:password@github.com/acme/widgets.git'],
  ['http://github.com:8080/acme/widgets'],
  ['git@github.com:acme/widgets.git'],
  ['git@github.com:/acme/widgets.git'],
  ['github.com:acme/widgets'],
  ['org-1234@github.com:acme/widgets.git'],
  ['git@ssh.github.com:acme/widgets.git'],
  ['ssh://git@github.com/acme/widgets.git'],
  ['ssh://git@ssh.github.com:443/acme/widgets.git'],
  ['git+ssh://git@GITHUB.com/acme/widgets.git'],
  ['git+https://github.com/acme/widgets.git'],
  ['git://github.com/acme/widgets.git'],
])('reads %s', (url) => {
  expect(parseRemoteUrl(url)).toEqual({ host: 'github.com', owner: 'acme', name: 'widgets' })
})

test('strips one .git and keeps the case of names', () => {
  expect(parseRemoteUrl('git@ghe.Example.com:Acme/Widgets.git.git')).toEqual({
    host: 'ghe.example.com',
    owner: 'Acme',
    name: 'Widgets.git',
  })
})

test.each([
  [''],
  ['/srv/git/widgets.git'],
  ['../widgets'],
  ['file:///srv/git/acme/widgets.git'],
  ['C:\\git\\acme\\widgets'],
  ['C:/git/widgets'],
  ['https://github.com/widgets'],
  ['https://github.com/acme/widgets/tree/main'],
  ['git@github.com:acme/team/widgets.git'],
  ['git@github.com:widgets.git'],
  ['ftp://github.com/acme/widgets'],
  ['https:///acme/widgets'],
])('takes %j for no repository of a forge', (url) => {
  expect(parseRemoteUrl(url)).toBeUndefined()
})
