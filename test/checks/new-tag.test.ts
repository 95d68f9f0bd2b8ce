import { expect, test } from 'vitest'
import { newTag } from '../../src/checks/new-tag.ts'

test.each<[string, string[], string[], string | undefined]>([
  ['the highest version', ['1.9', '1.36.1', '1.37.0', '1.4', 'latest', 'stable'], [], '1.37.0'],
  ['more parts over fewer', ['1', '1.37', '1.37.0'], [], '1.37.0'],
  ['the next one if that is cached', ['1.36', '1.37'], ['1.37'], '1.36'],
  ['a name if no version is left', ['1.37', 'glibc', 'musl', 'latest'], ['1.37'], 'musl'],
  ['no image of Windows', ['linux', 'nanoserver', 'windows-ltsc2022'], [], 'linux'],
  ['none if all are cached', ['1', 'latest'], ['latest', '1'], undefined],
  ['none if Windows’ are left', ['nanoserver'], [], undefined],
  ['none if there are none', [], [], undefined],
  ['a large number', ['9', '10', '20240101'], [], '20240101'],
])('takes %s', (_what, upstream, cached, expected) => {
  expect(newTag(upstream, new Set(cached))).toBe(expected)
})
