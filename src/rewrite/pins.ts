import type { Placing } from './placing.ts'
import { standInWord } from './probe.ts'

/** A placing that remembers what it moved. */
export interface WatchedPlacing extends Placing {
  /** The references with a digest that go to the cache; a variable of theirs, which is mostly the tag, is told as `TAG`. */
  readonly pins: () => readonly string[]
}

/**
 * Watch for references that are pinned by digest: ECR fetches nothing by digest, so that they have to come to the cache by
 * their tag first. https://github.com/aws/containers-roadmap/issues/2837
 */
export function watchPins(placing: Placing): WatchedPlacing {
  const pins = new Set<string>()
  return {
    ...placing,
    pins: () => [...pins],
    place(reference) {
      const placed = placing.place(reference)
      if ((placed.kind === 'arg' || placed.kind === 'direct') && reference.includes('@')) {
        pins.add(reference.replace(standInWord, 'TAG'))
      }
      return placed
    },
  }
}
