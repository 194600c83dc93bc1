// How much history is kept. Pure, but for the marks that it remembers.

export interface RetentionOptions {
  /** Milliseconds for which history is kept at least, unless `maxRevisions` is exceeded. Default 10 minutes. */
  minAge?: number
  /** Revisions that are kept at least. Default 1,000. */
  minRevisions?: number
  /** Revisions that are kept at most, roughly: it is looked at every few seconds. Default 100,000. */
  maxRevisions?: number
}

interface Mark {
  time: number
  revision: number
}

/** Decides from marks of (time, revision) up to where history may be forgotten. */
export class Retention {
  readonly #minAge: number
  readonly #minRevisions: number
  readonly #maxRevisions: number
  #marks: Mark[] = []

  constructor(options: RetentionOptions = {}) {
    this.#minAge = options.minAge ?? 10 * 60_000
    this.#minRevisions = options.minRevisions ?? 1_000
    this.#maxRevisions = options.maxRevisions ?? 100_000
  }

  /** Notes that at this time the store has reached this revision, and gives the oldest revision to keep. */
  advance(time: number, revision: number): number {
    const old = this.#marks.findLastIndex((mark) => mark.time <= time - this.#minAge)
    const aged = this.#marks[old]?.revision ?? 0
    this.#marks = this.#marks.slice(Math.max(old, 0))
    if (this.#marks.at(-1)?.revision !== revision) this.#marks.push({ time, revision })
    return Math.max(Math.min(aged, revision - this.#minRevisions), revision - this.#maxRevisions, 0)
  }
}
