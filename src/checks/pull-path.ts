import {
  formatReference,
  parseReference,
  pulledReference,
  referenceProblems,
} from '../ecr/image-reference.ts'
import { found } from './causes/cause.ts'
import { imageCauses } from './causes/image.ts'
import { type CheckId, type Finding, isRed, ok, skipped } from './finding.ts'
import { type ImageFacts, imageTarget, isHere, meantUpstream } from './image-facts.ts'
import { judgePermissions } from './image-permissions.ts'
import { cachedUri, judgeClient, judgeImageRule, judgeImageTemplate, judgeLibrary } from './image-rule.ts'
import { onceCached } from './image-status.ts'
import {
  judgeCached,
  judgeImageCredential,
  judgeLimit,
  judgeUpstream,
  type UpstreamContext,
} from './image-upstream.ts'

/** What an image is called on its way. */
export interface ImageNames {
  readonly upstream?: string
  readonly cached?: string
}

/** The steps of a pull after the reference, in the order in which it takes them. */
const stepsAfterReference = [
  'image.rule',
  'image.library',
  'image.client',
  'image.template',
  'image.permissions',
  'image.credential',
  'image.upstream',
  'image.limit',
  'image.cached',
] as const satisfies readonly CheckId[]

/** The steps of a text that is no image: none but the first is taken. `undefined` for an image. */
export function judgeNoImage(text: string): readonly Finding[] | undefined {
  const { problem } = parseReference(text)
  if (problem === undefined) return undefined
  const target = 'image'
  return [
    found(imageCauses['reference-invalid'], target, { problem: referenceProblems[problem] }),
    ...stepsAfterReference.map((id) => skipped(id, target, 'there is no image')),
  ]
}

/** The steps of a pull of an image through one Region’s cache, in order. The first that is red is what fails. */
export function judgePullPath(facts: ImageFacts, context: UpstreamContext): readonly Finding[] {
  const target = imageTarget(facts)
  const { upstream = 'its upstream is not known' } = namesOf(facts)
  const reference = ok('image.reference', target, upstream)
  const rule = judgeImageRule(facts)
  if (!isHere(facts.path, facts)) {
    const elsewhere = stepsAfterReference.slice(1)
    return [
      reference,
      rule,
      ...elsewhere.map((id) => skipped(id, target, 'its registry is not asked, see image.rule')),
    ]
  }
  const atUpstream = [
    judgeImageCredential(facts, context),
    judgeUpstream(facts, context),
    judgeLimit(facts, context),
  ]
  return [
    reference,
    rule,
    judgeLibrary(facts),
    judgeClient(facts),
    judgeImageTemplate(facts),
    judgePermissions(facts),
    ...(facts.hasImage?.value ? atUpstream.map(onceCached) : atUpstream),
    judgeCached(facts),
  ]
}

/** The names of an image, with the tag that docker takes where none is written. */
export function namesOf(facts: ImageFacts): ImageNames {
  const upstream = meantUpstream(facts.path)
  const { cached } = facts.path
  return {
    ...(upstream ? { upstream: formatReference(pulledReference(upstream)) } : {}),
    ...(cached ? { cached: cachedUri(facts, pulledReference({ domain: '', ...cached })) } : {}),
  }
}

/** The step at which a pull fails. */
export function failingStep(findings: readonly Finding[]): Finding | undefined {
  return findings.find(isRed)
}
