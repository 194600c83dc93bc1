import type { Change } from '../store.ts'

type Changes = AsyncIterator<Change, undefined>

const DONE: IteratorResult<Change, undefined> = { done: true, value: undefined }

/** A watch that can only begin when something has happened: the store has been filled, or has reached a revision. */
export class LaterWatch implements AsyncIterableIterator<Change, undefined> {
  readonly #begun: Promise<Changes>
  #returned = false

  /** `open` is not called when the reader has left meanwhile. */
  constructor(ready: Promise<unknown>, open: () => Changes) {
    this.#begun = ready.then(open)
    // Whoever reads hears of it.
    this.#begun.catch(() => undefined)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Change, undefined>> {
    const changes = await this.#begun
    return this.#returned ? DONE : changes.next()
  }

  return(): Promise<IteratorResult<Change, undefined>> {
    this.#returned = true
    void this.#begun.then((changes) => changes.return?.()).catch(() => undefined)
    return Promise.resolve(DONE)
  }
}
