// Together: what several want of a registry at the same time is asked for once, where they are the same to it.
import { createFingerprint } from './alike.ts'
import { HeldBack } from './gate.ts'
import type { Repository } from './reader.ts'
import type { Rounds } from './rounds.ts'
import type { Shared } from './shared.ts'

/** Asks as whoever the repository's `credential` gives. */
type Work<V> = (as: Repository, signal: AbortSignal) => Promise<V>

/** Says whether a registry wants to know who asks, as far as is known. */
type WantsToKnow = (repository: Repository, signal: AbortSignal) => Promise<boolean>

/**
 * Who may see content is the registry's to say: only who has the same credential, or none is asked for, shares an answer, or an error.
 * The work is tried again as it says, for all who share it together. A check asks for itself: its errand tells by what it was counted.
 */
export class Together {
  readonly #wantsToKnow: WantsToKnow
  readonly #fingerprint = createFingerprint()

  constructor(wantsToKnow: WantsToKnow) {
    this.#wantsToKnow = wantsToKnow
  }

  /** `what`: a word for what is asked for, besides the repository. */
  async run<V>(
    sharing: Shared<V> | Rounds<V>,
    what: string,
    repository: Repository,
    signal: AbortSignal,
    work: Work<V>,
  ): Promise<V> {
    if (repository.errand) return await work(repository, signal)
    const { host, name, insecure } = repository
    const place = `${insecure} ${host}/${name}`
    const as = async (who: string, credential: Repository['credential']): Promise<V> => {
      const own = { ...repository, credential }
      let asked = false
      const ask = (shared: AbortSignal): Promise<V> => {
        asked = true
        return work(own, shared)
      }
      try {
        return await sharing.run(`${place} ${what} ${who}`, signal, ask)
      } catch (error) {
        // What somebody else may not send, because of a budget, says nothing of who else may.
        if (asked || !(error instanceof HeldBack)) throw error
        return await work(own, signal)
      }
    }
    // Where it has not said so yet, it may when it is asked; then each asks as who it is.
    if (!(await this.#wantsToKnow(repository, signal))) {
      try {
        return await as('', () => Promise.reject(new Asked()))
      } catch (error) {
        if (!(error instanceof Asked)) throw error
      }
    }
    const credential = await repository.credential?.()
    return await as(this.#fingerprint(credential ? [credential] : []), () => Promise.resolve(credential))
  }
}

/** A registry wants to know who asks after all. */
class Asked extends Error {}
