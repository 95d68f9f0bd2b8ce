import type { Finding } from '../../checks/finding.ts'

/** A finding as `--json` shows it: the documented members and no other; `docs/json.md` documents them. */
export function findingJson({ id, target, status, detail, cause, fix, pull }: Finding) {
  return {
    id,
    target,
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(cause === undefined ? {} : { cause }),
    ...(fix === undefined ? {} : { fix }),
    ...(pull === undefined ? {} : { pull }),
  }
}
