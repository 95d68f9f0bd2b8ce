import type { Edit, Left, Reading } from '../format.ts'
import { decide, type Notation, toldReference } from '../notation.ts'
import type { Placing } from '../placing.ts'
import type { YamlNode, YamlScalar } from './node.ts'
import { valueOf, writeScalar } from './scalar.ts'

/** The images that a format finds in a file, and what becomes of them. */
export interface Images {
  /**
   * An image stands there: move it. Where that is no scalar, nothing is.
   *
   * @param scheme what stands before the image: `docker://`
   * @returns what it becomes; `undefined` if nothing changes
   */
  move(node: YamlNode | undefined, scheme?: string): string | undefined
  /** An image stands there that would be moved, were it not for a reason. */
  leave(node: YamlNode | undefined, because: string, scheme?: string): void
  /** The same for an image that is no node by itself. */
  leaveAt(start: number, reference: string, because: string): void
  /** What stands there is no image to pull, though it may stand where others do. */
  ignore(node: YamlNode | undefined): void
  /** Something else that stays and that one should know of. */
  note(start: number, written: string, because: string): void
  /** Another edit, which {@link move} does not make. */
  edit(edit: Edit): void
  reading(): Reading
}

/** Why images are left that could be moved by themselves. */
export interface ImagesReasons {
  /** If a variable is to stand before them, and such files have none. */
  readonly noVariables?: string
  /** In this file as a whole. */
  readonly allLeft?: string | undefined
}

/** Collect what is to be done in a file. A scalar that is met several times, by aliases, is done once. */
export function images(
  text: string,
  placing: Placing,
  notation: Notation,
  { noVariables = '', allLeft }: ImagesReasons = {},
): Images {
  const edits: Edit[] = []
  const left: Left[] = []
  const done = new Map<YamlScalar, string | undefined>()

  function found(
    node: YamlNode | undefined,
    scheme: string,
  ): { scalar: YamlScalar; reference: string } | undefined {
    if (node?.kind !== 'scalar') return undefined
    const value = valueOf(node)
    if (!value.startsWith(scheme) || value.length === scheme.length) return undefined
    return { scalar: node, reference: value.slice(scheme.length) }
  }

  function leaveAt(start: number, reference: string, because: string): void {
    const decision = decide(reference, placing, notation, because)
    if (decision.kind === 'keep') return
    left.push({
      start,
      reference: toldReference(reference),
      because: decision.kind === 'leave' ? decision.because : because,
    })
  }

  return {
    move(node, scheme = '') {
      const image = found(node, scheme)
      if (!image) return undefined
      const { scalar, reference } = image
      if (done.has(scalar)) return done.get(scalar)
      if (allLeft !== undefined) {
        done.set(scalar, undefined)
        leaveAt(scalar.start, reference, allLeft)
        return undefined
      }
      const decision = decide(reference, placing, notation, noVariables)
      done.set(scalar, decision.kind === 'write' ? decision.text : undefined)
      if (decision.kind === 'write') edits.push(writeScalar(text, scalar, scheme + decision.text))
      if (decision.kind === 'leave') {
        left.push({ start: scalar.start, reference: toldReference(reference), because: decision.because })
      }
      return done.get(scalar)
    },
    leave(node, because, scheme = '') {
      const image = found(node, scheme)
      if (!image || done.has(image.scalar)) return
      done.set(image.scalar, undefined)
      leaveAt(image.scalar.start, image.reference, because)
    },
    leaveAt,
    ignore(node) {
      if (node?.kind === 'scalar') done.set(node, undefined)
    },
    note: (start, written, because) => {
      left.push({ start, reference: toldReference(written), because })
    },
    edit: (edit) => {
      edits.push(edit)
    },
    reading: () => ({ edits, left }),
  }
}
