// Who is told when a registry tells of pushes: the server answers deliveries before anybody follows images, and after that, too.
import type { PushEvent } from '../../core/hooks/pushEvent.ts'

/** Has what is tracked of these pushes looked at now; gives the number of references that will be. */
export type PushListener = (pushes: readonly PushEvent[]) => number

/** See above. */
export class PushListeners {
  readonly #listeners = new Set<PushListener>()

  /** Tells a listener from now on; returns how to stop that. */
  add(listener: PushListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Tells all of them, and gives the sum of what they say; undefined while there are none. */
  get current(): PushListener | undefined {
    if (this.#listeners.size === 0) return undefined
    return (pushes) => this.#listeners.values().reduce((sum, listener) => sum + listener(pushes), 0)
  }
}
