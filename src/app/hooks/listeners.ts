// Who is told when a registry tells of pushes: the server answers deliveries before anybody follows images, and after that, too.
import type { PushEvent } from '../../core/hooks/pushEvent.ts'

/** Has what is tracked of these pushes looked at now; gives the number of references that will be. */
export type PushListener = (pushes: readonly PushEvent[]) => number | Promise<number>

/** See above. */
export class PushListeners {
  readonly #listeners = new Set<PushListener>()
  readonly #otherwise: PushListener

  /** `otherwise` is told while there are no listeners. */
  constructor(otherwise: PushListener = () => 0) {
    this.#otherwise = otherwise
  }

  /** Tells a listener from now on; returns how to stop that. */
  add(listener: PushListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Tells all of them. The sum of what they say. */
  readonly tell: PushListener = async (pushes) => {
    if (this.#listeners.size === 0) return this.#otherwise(pushes)
    let references = 0
    for (const listener of this.#listeners) references += await listener(pushes)
    return references
  }
}
