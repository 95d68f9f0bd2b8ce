/**
 * Whether the Pulumi CLI reads an unquoted YAML scalar as something else than its text: it parses with Go's yaml.v3,
 * so `0528` arrives as 528, `True` as true, `1e3` as 1000 and a date as a time stamp.
 * https://github.com/go-yaml/yaml/blob/v3.0.1/resolve.go
 *
 * @param text a plain scalar that is not null
 */
export function isReadAsAnotherText(text: string): boolean {
  if (/^(True|TRUE|False|FALSE)$/.test(text)) return true
  if (/^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/.test(text)) return true
  if (/^\d{4}-\d\d?-\d\d?([Tt ]\d.*)?$/.test(text)) return true
  if (isInteger64(text)) return false
  return isNumber(text)
}

/** An integer that survives the way through Go's int64 or uint64 and back. */
function isInteger64(text: string): boolean {
  if (!/^(0|-?[1-9]\d{0,19})$/.test(text)) return false
  const value = BigInt(text)
  return value >= -(2n ** 63n) && value < 2n ** 64n
}

function isNumber(text: string): boolean {
  if (!/^[-+.\d]/.test(text)) return false
  const digits = text.replaceAll('_', '')
  if (/^[-+]?(0x[\da-f]+|0o?[0-7]+|0b[01]+)$/i.test(digits)) return true
  if (!/^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$/i.test(digits)) return false
  // Go and JavaScript write floating-point numbers alike in JSON; what overflows stays a text.
  const value = Number(digits)
  return Number.isFinite(value) && String(value) !== text
}
