import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checks, ok, skipped, type CheckId, type Finding, type Status } from '../../src/checks/finding.ts'
import { renderSummary } from '../../src/cli/render-summary.ts'
import { PullthroughError } from '../../src/errors.ts'

const secret = 'us-east-1 ecr-pullthroughcache/docker-hub'
const rule = 'us-east-1 docker-hub'

const findings: readonly Finding[] = [
  ok('source.credential', 'infrastructure dev'),
  {
    id: 'docker-hub.scope',
    target: 'sandbox',
    status: 'warning',
    cause: 'the token may push as well',
    fix: 'make a token with "Public Repo Read-only"',
  },
  ok('aws.identity', '123456789012', 'arn:aws:iam::123456789012:role/verify'),
  ok('secret.present', secret),
  {
    id: 'policy.meaning',
    target: secret,
    status: 'drift',
    cause: 'it lets others in',
    fix: 'pullthrough sync',
  },
  skipped('rule.valid', rule, 'it hangs on policy.meaning'),
  ok('github.secrets', 'acme/widgets'),
]

test('shows the verdict, the picture, what is not ok with the worst first, and the rest folded away', () => {
  expect(renderSummary({ findings })).toBe(`## pullthrough verify

**a build that pulls through the cache would fail, or could not be shown to work: 1 check is red**

4 ok, 1 warning, 1 drift, 1 skipped

\`\`\`mermaid
flowchart LR
  source0["source<br/>1 ok"]:::green
  account0["AWS<br/>1 ok"]:::green
  secret0["AWS secret us-east-1<br/>1 ok, 1 drift"]:::red
  rule0["ECR rule us-east-1<br/>1 skipped"]:::grey
  repository0["GitHub acme/widgets<br/>1 ok"]:::green
  upstream0["Docker Hub<br/>1 warning"]:::yellow
  source0 --> upstream0
  source0 --> account0
  account0 --> secret0
  secret0 --> rule0
  rule0 --> upstream0
  source0 --> repository0
  classDef green fill:#dafbe1,stroke:#1a7f37,color:#1f2328
  classDef yellow fill:#fff8c5,stroke:#9a6700,color:#1f2328
  classDef red fill:#ffebe9,stroke:#cf222e,color:#1f2328
  classDef grey fill:#eaeef2,stroke:#656d76,color:#1f2328
\`\`\`

| status | check | target | cause | fix |
| --- | --- | --- | --- | --- |
| drift | policy.meaning | us-east-1 ecr-pullthroughcache/docker-hub | it lets others in | pullthrough sync |
| warning | docker-hub.scope | sandbox | the token may push as well | make a token with &#34;Public Repo Read-only&#34; |
| skipped | rule.valid | us-east-1 docker-hub | it hangs on policy.meaning |  |

<details>
<summary>4 ok</summary>

| check | target | found |
| --- | --- | --- |
| source.credential | infrastructure dev |  |
| aws.identity | 123456789012 | arn:aws:iam::123456789012:role/verify |
| secret.present | us-east-1 ecr-pullthroughcache/docker-hub |  |
| github.secrets | acme/widgets |  |

</details>
`)
})

test('has neither picture nor folded part if the run ended before anything was asked', () => {
  const error = new PullthroughError('ERR_USAGE', 'no AWS Region is given', { hint: 'name it with --region' })
  expect(renderSummary({ findings: [], error })).toBe(`## pullthrough verify

**a build that pulls through the cache would fail, or could not be shown to work: the run ended early**

no checks

| status | check | target | cause | fix |
| --- | --- | --- | --- | --- |
| ERR&#95;USAGE | verify |  | no AWS Region is given | name it with --region |
`)
})

test('has no table of what is not ok if everything is', () => {
  expect(renderSummary({ findings: [ok('github.secrets', 'acme/widgets')] })).not.toContain('| status |')
})

describe('the picture', () => {
  const pictureOf = (given: readonly Finding[]) => {
    const [, picture = ''] = renderSummary({ findings: given }).split(/```(?:mermaid)?\n/)
    return picture.split('\n').filter((line) => line !== '' && !line.includes('classDef'))
  }
  const regions = (length: number) => Array.from({ length }, (_, index) => `us-east-${index + 1}`)

  test('has a node for each Region and repository while they are few, each rule beside its secret', () => {
    const given = regions(2).flatMap((region) => [
      ok('secret.present', `${region} ecr-pullthroughcache/docker-hub`),
      ok('rule.present', `${region} docker-hub`),
    ])
    expect(pictureOf([ok('source.read', 'dev'), ...given, ok('docker-hub.login', 'sandbox')])).toEqual([
      'flowchart LR',
      '  source0["source<br/>1 ok"]:::green',
      '  secret0["AWS secret us-east-1<br/>1 ok"]:::green',
      '  secret1["AWS secret us-east-2<br/>1 ok"]:::green',
      '  rule0["ECR rule us-east-1<br/>1 ok"]:::green',
      '  rule1["ECR rule us-east-2<br/>1 ok"]:::green',
      '  upstream0["Docker Hub<br/>1 ok"]:::green',
      '  source0 --> upstream0',
      '  source0 --> secret0',
      '  source0 --> secret1',
      '  secret0 --> rule0',
      '  secret1 --> rule1',
      '  rule0 --> upstream0',
      '  rule1 --> upstream0',
    ])
  })

  test('has a node for each kind with what became of them when they are many', () => {
    const given = [
      ok('source.read', 'dev'),
      ...regions(20).map((region) => ok('secret.present', `${region} ecr-pullthroughcache/docker-hub`)),
      ...regions(8).map((region) => ok('rule.present', `${region} docker-hub`)),
      ...Array.from({ length: 50 }, (_, index): Finding => ({
        id: 'github.secrets',
        target: `acme/widgets-${index}`,
        status: index === 7 ? 'missing' : 'ok',
      })),
    ]
    const picture = pictureOf(given)
    expect(picture).toHaveLength(1 + 1 + 1 + 8 + 1 + 1 + 8 + 1)
    expect(picture).toEqual(
      expect.arrayContaining([
        '  secret0["20 AWS secrets<br/>20 ok"]:::green',
        '  repository0["50 GitHub repositories<br/>49 ok, 1 missing"]:::red',
        '  secret0 --> rule7',
      ]),
    )
  })

  test.each<[statuses: readonly Status[], tone: string]>([
    [['ok'], 'green'],
    [['ok', 'skipped'], 'green'],
    [['skipped', 'skipped'], 'grey'],
    [['ok', 'warning'], 'yellow'],
    [['ok', 'unknowable', 'skipped'], 'yellow'],
    [['warning', 'drift'], 'red'],
    [['missing', 'ok'], 'red'],
    [['denied', 'ok'], 'red'],
    [['unreachable', 'warning'], 'red'],
  ])('colours a node with %j %s', (statuses, tone) => {
    const given = statuses.map((status): Finding => ({ id: 'source.read', target: 'dev', status }))
    expect(pictureOf(given)[1]).toMatch(new RegExp(`:::${tone}$`))
  })

  test('leaves out the steps of a single image', () => {
    expect(renderSummary({ findings: [ok('image.rule', rule)] })).not.toContain('mermaid')
  })
})

/** Text that would break out of a table, a label or the page, if it could. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      ...[
        '|',
        '\\',
        '`',
        '```',
        '\n',
        '\r\n',
        '\u2028',
        '"',
        "'",
        '[',
        ']',
        '<',
        '>',
        '&',
        '#34;',
        '&#124;',
        '%%',
        ';',
      ],
      ...['</details>', '<br/>', '<script>', '![x](y)', ':::red', '-->', '$$', '🐳', '\ud800', ' ', 'a'],
    ),
  }),
)
const statuses = [
  'ok',
  'warning',
  'drift',
  'missing',
  'denied',
  'unreachable',
  'skipped',
  'unknowable',
] as const
const anyFinding: fc.Arbitrary<Finding> = fc.record(
  {
    id: fc.constantFrom(...(Object.keys(checks) as CheckId[])),
    target: hostile,
    status: fc.constantFrom(...statuses),
    detail: hostile,
    cause: hostile,
    fix: hostile,
  },
  { requiredKeys: ['id', 'target', 'status'] },
)

describe('whatever the findings say', () => {
  test('each line is one that this page is made of', () => {
    const cell = String.raw`(?:[^|<>"\x60*_[\]{}\\~#!$@^&\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|&#\d+;)*`
    const row = (cells: number) => String.raw`\|(?: ${cell} \|){${cells}}`
    const label = String.raw`(?:[\w ,./-]|#\d+;)*<br/>[\w ,]+`
    const picture = String.raw`flowchart LR|  \w+\["${label}"\]:::\w+|  \w+ --> \w+|  classDef \w+ [\w:#,]+`
    const page = String.raw`## pullthrough verify|\*\*[\w ,;:]+\*\*|[\w ,]+|\x60{3}(?:mermaid)?|</?details>|<summary>\d+ ok</summary>`
    const line = new RegExp(`^(?:|${page}|${picture}|${row(3)}|${row(5)}|\\|(?: --- \\|)+)$`, 'u')
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 30 }), (given) => {
        const lines = renderSummary({ findings: given }).split('\n')
        expect(lines.filter((text) => !line.test(text))).toEqual([])
      }),
    )
  })

  test('each finding has one row, of as many cells as the table', () => {
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 30 }), (given) => {
        const rows = renderSummary({ findings: given })
          .split('\n')
          .filter((text) => text.startsWith('| ') && !/^\| (status|check|---) \|/.test(text))
        const cellsOf = (status: Status) => (status === 'ok' ? 3 : 5)
        expect(rows.map((text) => text.split('|').length - 2).sort()).toEqual(
          given.map(({ status }) => cellsOf(status)).sort(),
        )
      }),
    )
  })
})

describe('with more than GitHub shows', () => {
  const limit = 1024 * 1024
  const long = (status: Status, index: number): Finding => ({
    id: 'github.drift',
    target: `acme/widgets-${index}`,
    status,
    cause: '|'.repeat(200),
  })
  const left = /^(\d+) more left out: the summary would be too long\. The log has them all\.$/gm

  test('leaves out whole rows, and says how many', () => {
    const given = [
      ...Array.from({ length: 3000 }, (_, index) => long('ok', index)),
      ...Array.from({ length: 3000 }, (_, index) => long('drift', index)),
    ]
    const summary = renderSummary({ findings: given })
    const rows = summary.split('\n').filter((text) => text.includes('| github.drift |'))
    const counted = [...summary.matchAll(left)].map(([, count]) => Number(count))
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(limit)
    expect(Buffer.byteLength(summary)).toBeGreaterThan(limit * 0.9)
    expect(rows.every((text) => text.startsWith('| ') && text.endsWith(' |'))).toBe(true)
    expect(rows.length + counted.reduce((sum, count) => sum + count, 0)).toBe(6000)
    expect(summary).toContain('</details>')
  })

  test('leaves out a row that is too long by itself, and no other', () => {
    const huge: Finding = { ...long('missing', 0), cause: 'a'.repeat(2 * limit) }
    const summary = renderSummary({
      findings: [huge, long('drift', 1), ok('github.secrets', 'acme/widgets')],
    })
    expect(Buffer.byteLength(summary)).toBeLessThan(10_000)
    expect([...summary.matchAll(left)].map(([, count]) => count)).toEqual(['1'])
    expect(summary).toContain('acme/widgets-1')
    expect(summary).toContain('| github.secrets | acme/widgets |')
  })
})
