/** What runs until it is stopped. */
export class Background {
  readonly #stop = new AbortController()
  readonly #running: Promise<unknown>[] = []

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  run(work: Promise<unknown>): void {
    work.catch(() => undefined)
    this.#running.push(work)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled(this.#running)
  }
}
