import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { prefixProblem, stackPrefix } from '../../src/pulumi/prefix.ts'

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html, as AWS writes it. */
const awsPattern = /^(?:(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\/?|ROOT)$/

describe('the prefix of a stack', () => {
  test.each([
    ['dev', 'docker-hub-dev'],
    ['main', 'docker-hub-main'],
    ['pr-17', 'docker-hub-pr-17'],
    ['v1.2_x', 'docker-hub-v1.2_x'],
    ['nineteen-characters', 'docker-hub-nineteen-characters'],
    ['twenty-characters-xx', 'docker-hub-twenty-cha-268248d4'],
    ['Dev', 'docker-hub-dev-9c24f45a'],
    ['DEV', 'docker-hub-dev-4030fe15'],
    ['feature/login', 'docker-hub-feature-lo-df7c7aeb'],
    ['a--b', 'docker-hub-a-b-90827a2e'],
    ['_', 'docker-hub-d2e2adf7'],
    ['-x-', 'docker-hub-x-c6cf95e5'],
    ['x'.repeat(60), 'docker-hub-xxxxxxxxxx-42f2d973'],
    ['日本', 'docker-hub-cf2abf0c'],
  ])('%j is %s', (stack, prefix) => {
    expect(stackPrefix('docker-hub', stack)).toBe(prefix)
  })

  test('is one that ECR takes, whatever the stack is called', () => {
    fc.assert(
      fc.property(fc.constantFrom('docker-hub', 'github', 'ecr-public'), fc.string(), (base, stack) => {
        const prefix = stackPrefix(base, stack)
        expect(prefixProblem(prefix)).toBeUndefined()
        expect(prefix).toMatch(awsPattern)
        expect(prefix.startsWith(`${base}-`)).toBe(true)
      }),
    )
  })

  test('is another for another stack', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,100}$/)
    fc.assert(
      fc.property(name, name, (one, other) => {
        fc.pre(one !== other)
        expect(stackPrefix('docker-hub', one)).not.toBe(stackPrefix('docker-hub', other))
      }),
    )
  })
})

describe('a prefix', () => {
  test.each(['docker-hub', 'ab', 'team/docker-hub', 'team/', 'a.b_c-d', 'x'.repeat(30)])(
    'may be %j',
    (prefix) => {
      expect(prefixProblem(prefix)).toBeUndefined()
      expect(prefix).toMatch(awsPattern)
    },
  )

  test.each([
    ['ROOT', 'it would take every repository of the registry'],
    ['', 'it has 0 characters, and ECR takes 2 to 30'],
    ['a', 'it has 1 characters, and ECR takes 2 to 30'],
    ['x'.repeat(31), 'it has 31 characters, and ECR takes 2 to 30'],
    ...['Docker', 'a--b', '/a', 'a//b', '-a', 'a-', 'ä-b', 'a b', 'a\nb'].map((prefix) => [
      prefix,
      'ECR takes lower-case letters and digits, with single . _ - or / between them',
    ]),
  ])('cannot be %j', (prefix = '', problem) => {
    expect(prefixProblem(prefix)).toBe(problem)
  })
})
