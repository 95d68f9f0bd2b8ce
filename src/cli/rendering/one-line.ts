/**
 * Text from elsewhere as one line that cannot steer a terminal or hide what it says: control and format characters
 * and line separators become a space, halves of a surrogate pair the replacement character.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .trim()
}
