import { formatReference } from '../ecr/image-reference.ts'
import type { ImageAnswer, MappedImage } from '../engine/image.ts'
import type { PullthroughError } from '../errors.ts'
import { errorJson } from './rendering/error-json.ts'
import { oneLine } from './rendering/one-line.ts'

/** What one Region says of an image; an error if it did not answer. */
type AnswerOfRegion = { readonly region: string } & (
  (ImageAnswer & { readonly error?: never }) | { readonly error: PullthroughError }
)

/** An image, Region by Region. */
export interface NamedImage {
  /** As it was given; `undefined` for what is not to be repeated. */
  readonly given: string | undefined
  readonly answers: readonly AnswerOfRegion[]
}

/** Everything an `image` has to tell when it is over. */
export interface ImageReport {
  /** Whether images of the cache were led back to their upstreams. */
  readonly isReverse: boolean
  readonly images: readonly NamedImage[]
  /** Why nothing could be named. */
  readonly error?: PullthroughError
}

/** The answer for people and shells: one reference a line. Regions that lead back to the same image share a line. */
export function renderImage({ images, isReverse }: ImageReport): readonly string[] {
  return images.flatMap(({ answers }) => {
    const lines = mappedIn(answers).map(({ cached, upstream }) =>
      formatReference(isReverse ? upstream : cached),
    )
    return [...new Set(lines)]
  })
}

/** The answer for programs; `docs/json.md` documents it. */
export function renderImageJson({ images, error }: ImageReport): string {
  return JSON.stringify({
    version: 1,
    command: 'image',
    images: images.flatMap(({ given, answers }) =>
      answers.map((answer) => ({ given: given ?? null, region: answer.region, ...answerJson(answer) })),
    ),
    ...(error ? { error: errorJson(error) } : {}),
  })
}

/** What has no name, each problem once, and a hint with the first that has it. */
export function imageProblems({
  images,
}: ImageReport): readonly Pick<PullthroughError, 'message' | 'hint'>[] {
  const problems = images
    .flatMap(({ answers }) => answers)
    .flatMap((answer) => {
      const problem = answer.error ?? ('refusal' in answer ? answer.refusal : undefined)
      return problem
        ? [{ message: oneLine(problem.message), hint: problem.hint && oneLine(problem.hint) }]
        : []
    })
  const hints = new Set<string>()
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()].map(
    ({ message, hint }) => {
      if (hint === undefined || hints.has(hint)) return { message, hint: undefined }
      hints.add(hint)
      return { message, hint }
    },
  )
}

/** What is to be known about names that are right, each once. */
export function imageWarnings({ images, isReverse }: ImageReport): readonly string[] {
  const warnings = images.flatMap(({ answers }) =>
    answers.flatMap((answer) =>
      mappedIn([answer]).flatMap(({ warning, upstream: { domain }, rule, otherRules }) => [
        ...(warning === undefined ? [] : [warning]),
        ...(otherRules.length === 0 || isReverse
          ? []
          : [
              `several rules in ${answer.region} cache ${domain}: ${rule} is taken, and --prefix ${domain}=PREFIX takes another of ${otherRules.join(', ')}`,
            ]),
      ]),
    ),
  )
  return [...new Set(warnings)]
}

function mappedIn(answers: readonly AnswerOfRegion[]): readonly MappedImage[] {
  return answers.flatMap((answer) => ('image' in answer ? [answer.image] : []))
}

function answerJson(answer: AnswerOfRegion): object {
  if (answer.error) return { error: errorJson(answer.error) }
  if (answer.refusal) return { refused: answer.refusal }
  const { upstream, cached, rule, otherRules, warning } = answer.image
  return {
    image: formatReference(upstream),
    cached: formatReference(cached),
    rule,
    ...(otherRules.length === 0 ? {} : { otherRules }),
    ...(warning === undefined ? {} : { warning }),
  }
}
