/** The checks of Terraform's `helper/validation` and of the provider's `internal/verify`, with their words. */

type Validate = (value: unknown) => string | undefined

/** The first problem that one of them has. */
export const allOf =
  (...checks: readonly Validate[]): Validate =>
  (value) =>
    checks.map((check) => check(value)).find((problem) => problem !== undefined)

/** `validation.StringLenBetween` */
export const lengthBetween =
  (tfName: string, min: number, max: number): Validate =>
  (value) => {
    const { length } = Buffer.from(String(value))
    return length < min || length > max
      ? `expected length of ${tfName} to be in the range (${min} - ${max}), got ${String(value)}`
      : undefined
  }

/** `validation.StringMatch` */
export const matching =
  (tfName: string, pattern: RegExp, message: string): Validate =>
  (value) =>
    pattern.test(String(value)) ? undefined : `invalid value for ${tfName} (${message})`

/** `enum.Validate` */
export const oneOf =
  (tfName: string, values: readonly string[]): Validate =>
  (value) =>
    values.includes(String(value))
      ? undefined
      : `expected ${tfName} to be one of [${values.map((text) => JSON.stringify(text)).join(' ')}], got ${String(value)}`

/** The same for each of a list. */
export const each =
  (check: Validate): Validate =>
  (value) =>
    Array.isArray(value) ? allOf(...value.map((item) => () => check(item)))(undefined) : undefined

/** `validation.StringIsJSON` */
export const json =
  (tfName: string): Validate =>
  (value) => {
    try {
      JSON.parse(String(value))
      return undefined
    } catch (error) {
      return `${JSON.stringify(tfName)} contains an invalid JSON: ${String(error)}`
    }
  }

/** `verify.ValidARN` */
export const arn =
  (tfName: string): Validate =>
  (value) => {
    const text = String(value)
    const problem = arnProblem(text)
    return problem && `"${tfName}" (${text}) is an invalid ARN: ${problem}`
  }

function arnProblem(text: string): string | undefined {
  if (!text.startsWith('arn:')) return 'arn: invalid prefix'
  const [, partition = '', , region = '', account = '', ...resource] = text.split(':')
  if (resource.length === 0) return 'arn: not enough sections'
  if (!/^aws(-[a-z]+)*$/.test(partition)) {
    return 'invalid partition value (expecting to match regular expression: ^aws(-[a-z]+)*$)'
  }
  if (region !== '' && !/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region)) {
    return String.raw`invalid region value (expecting to match regular expression: ^[a-z]{2}(-[a-z]+)+-\d{1,2}$)`
  }
  const accounts = /^(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})$/
  if (account !== '' && !accounts.test(account)) {
    return `invalid account ID value (expecting to match regular expression: ${accounts.source})`
  }
  return resource.join(':') === '' ? 'missing resource value' : undefined
}
