import { expect, test } from 'vitest'
import {
  imageProblems,
  type ImageReport,
  imageWarnings,
  renderImage,
  renderImageJson,
} from '../../src/cli/render-image.ts'
import type { MappedImage } from '../../src/engine/image.ts'
import { PullthroughError } from '../../src/errors.ts'

const hostIn = (region: string) => `123456789012.dkr.ecr.${region}.amazonaws.com`

function debianIn(region: string, more: Partial<MappedImage> = {}) {
  const image: MappedImage = {
    upstream: { domain: 'docker.io', path: 'library/debian', tag: '12' },
    cached: { domain: hostIn(region), path: 'docker-hub/library/debian', tag: '12' },
    rule: 'docker-hub',
    otherRules: [],
    ...more,
  }
  return { region, image }
}

function refusedIn(region: string, message = 'no \u001b[31mimage', hint = 'name one') {
  return { region, refusal: { reason: 'no-rule', message, hint } as const }
}

const denied = new PullthroughError('ERR_DENIED', 'AWS refuses', { hint: 'ask for it' })

const report: ImageReport = {
  isReverse: false,
  images: [
    { given: 'debian:12', answers: [debianIn('us-east-1'), debianIn('eu-west-1')] },
    { given: undefined, answers: [refusedIn('us-east-1'), { region: 'eu-west-1', error: denied }] },
    { given: 'b', answers: [refusedIn('us-east-1', 'another'), { region: 'eu-west-1', error: denied }] },
  ],
}

test('shows one name a line, image by image', () => {
  const names = ['us-east-1', 'eu-west-1'].map((region) => `${hostIn(region)}/docker-hub/library/debian:12`)
  expect(renderImage(report)).toEqual(names)
})

test('shows what Regions lead back to once for each image', () => {
  const [debian, ...others] = report.images
  const images = [...(debian ? [debian, debian] : []), ...others]
  expect(renderImage({ isReverse: true, images })).toEqual([
    'docker.io/library/debian:12',
    'docker.io/library/debian:12',
  ])
})

test('tells each problem once, in one line, and a hint with the first that has it', () => {
  expect(imageProblems(report)).toEqual([
    { message: 'no  [31mimage', hint: 'name one' },
    { message: 'AWS refuses', hint: 'ask for it' },
    { message: 'another', hint: undefined },
  ])
})

test('warns of each thing once, and of other rules only where a name is chosen', () => {
  const warned = debianIn('us-east-1', { warning: 'too deep', otherRules: ['a', 'b'] })
  const images = [
    { given: 'x', answers: [warned] },
    { given: 'y', answers: [warned] },
  ]
  expect(imageWarnings({ isReverse: false, images })).toEqual([
    'too deep',
    'several rules in us-east-1 cache docker.io: docker-hub is taken, and --prefix docker.io=PREFIX takes another of a, b',
  ])
  expect(imageWarnings({ isReverse: true, images })).toEqual(['too deep'])
  expect(imageWarnings(report)).toEqual([])
})

test('as JSON has every image in every Region', () => {
  const warned = debianIn('us-east-1', { warning: 'too deep', otherRules: ['a'] })
  const images = [...report.images.slice(0, 2), { given: 'x', answers: [warned] }]
  const names = {
    image: 'docker.io/library/debian:12',
    cached: `${hostIn('us-east-1')}/docker-hub/library/debian:12`,
    rule: 'docker-hub',
  }
  expect(JSON.parse(renderImageJson({ ...report, images }))).toEqual({
    version: 1,
    command: 'image',
    images: [
      { given: 'debian:12', region: 'us-east-1', ...names },
      {
        given: 'debian:12',
        region: 'eu-west-1',
        ...names,
        cached: `${hostIn('eu-west-1')}/docker-hub/library/debian:12`,
      },
      {
        given: null,
        region: 'us-east-1',
        refused: { reason: 'no-rule', message: 'no \u001b[31mimage', hint: 'name one' },
      },
      {
        given: null,
        region: 'eu-west-1',
        error: { code: 'ERR_DENIED', message: 'AWS refuses', hint: 'ask for it' },
      },
      { given: 'x', region: 'us-east-1', ...names, otherRules: ['a'], warning: 'too deep' },
    ],
  })
})

test('as JSON has the error that kept all from a name', () => {
  expect(JSON.parse(renderImageJson({ isReverse: false, images: [], error: denied }))).toEqual({
    version: 1,
    command: 'image',
    images: [],
    error: { code: 'ERR_DENIED', message: 'AWS refuses', hint: 'ask for it' },
  })
})
