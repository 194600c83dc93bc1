// Work that several callers want at the same time is done once.

/**
 * Runs `work` unless the same key is being worked on; then its outcome is shared. A caller that aborts leaves, the work goes on
 * for the others; it must end by itself.
 */
export class Shared<V> {
  readonly #running = new Map<string, Promise<V>>()

  run(key: string, signal: AbortSignal, work: () => Promise<V>): Promise<V> {
    let promise = this.#running.get(key)
    if (!promise) {
      promise = work().finally(() => this.#running.delete(key))
      this.#running.set(key, promise)
    }
    return abortable(promise, signal)
  }
}

/** The promise's outcome, or the signal's reason if that comes first. */
function abortable<V>(promise: Promise<V>, signal: AbortSignal): Promise<V> {
  return new Promise<V>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
