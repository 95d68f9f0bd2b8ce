import type { PullthroughError } from '../../errors.ts'

/** An error as `--json` shows it; `docs/json.md` documents it. */
export function errorJson({ code, message, hint }: PullthroughError) {
  return { code, message, ...(hint === undefined ? {} : { hint }) }
}
