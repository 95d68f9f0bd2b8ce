import { parseReference } from '../ecr/image-reference.ts'
import { type Explanation, explainErrorText } from './error-texts.ts'
import { imageIn } from './image-in-text.ts'

/** What a user brings to `doctor`. */
export type ImageOrText =
  | { readonly kind: 'empty' }
  /** It may be a token, which belongs into no command line and no message. */
  | { readonly kind: 'token' }
  /** An image, or one word that should be one. */
  | { readonly kind: 'image'; readonly image: string }
  | {
      readonly kind: 'text'
      readonly explanations: readonly Explanation[]
      /** The image that the text names. */
      readonly image: string | undefined
    }

/** Tell an image from an error text: that has blanks, or is a word that is known for one. */
export function readImageOrText(text: string): ImageOrText {
  const given = text.trim()
  if (given === '') return { kind: 'empty' }
  const image = given.replace(/^docker:\/\//, '')
  const isOneWord = !/\s/.test(image)
  if (isOneWord && looksLikeToken(image)) return { kind: 'token' }
  const { problem } = parseReference(image)
  if (problem === undefined) return { kind: 'image', image }
  const explanations = explainErrorText(given)
  return isOneWord && explanations.length === 0 && problem !== 'too-long'
    ? { kind: 'image', image }
    : { kind: 'text', explanations, image: imageIn(given) }
}

/** Whether a word looks like one of Docker’s tokens, of today or of old (a UUID alone), or of GitHub’s. */
export function looksLikeToken(word: string): boolean {
  return /dckr_[po]at_|^(?:gh[a-z]_|github_pat_)[^/]*$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(
    word,
  )
}
