import { expect, test } from 'vitest'
import { readImageOrText } from '../../src/checks/image-or-text.ts'

test.each([
  ['debian:12', 'debian:12'],
  [' docker://debian:12\n', 'debian:12'],
  ['Debian:12', 'Debian:12'],
  ['a'.repeat(300), 'a'.repeat(300)],
  ['toomanyrequests', 'toomanyrequests'],
])('%j is an image, or should be one', (text, image) => {
  expect(readImageOrText(text)).toEqual({ kind: 'image', image })
})

test.each([
  ['', 'empty'],
  [' \n\t', 'empty'],
  ['dckr_pat_0123456789', 'token'],
  ['docker.io/dckr_oat_0123456789', 'token'],
  ['ghp_0123456789', 'token'],
  ['github_pat_0123456789', 'token'],
  ['01234567-89ab-cdef-0123-456789abcdef', 'token'],
  ['ttl.sh/01234567-89ab-cdef-0123-456789abcdef:1h', 'image'],
])('%j is %s', (text, kind) => {
  expect(readImageOrText(text).kind).toBe(kind)
})

test.each([
  ['ResourceExistsException', ['secret-exists'], undefined],
  ['ErrImagePull', ['pull-failed'], undefined],
  ['docker pull debian:12', [], 'debian:12'],
  ['nothing known', [], undefined],
  ['x'.repeat(2000), [], undefined],
])('%.40j is a text', (text, ids, image) => {
  const read = readImageOrText(text)
  if (read.kind !== 'text') throw new Error(read.kind)
  expect({ ids: read.explanations.map(({ id }) => id), image: read.image }).toEqual({ ids, image })
})
