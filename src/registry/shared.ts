// Work that several callers want at the same time is done once.

interface Running<V> {
  promise: Promise<V>
  /** Callers who wait for it. */
  waiting: number
  controller: AbortController
}

/**
 * Runs `work` unless the same key is being worked on; then its outcome is shared. A caller that aborts leaves, and the work goes on for the
 * others; when nobody is left its signal aborts: it would hold connections for nobody, of which users could then have any number.
 */
export class Shared<V> {
  readonly #running = new Map<string, Running<V>>()

  run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<V>): Promise<V> {
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    const running = this.#running.get(key) ?? this.#begin(key, work)
    return this.#wait(key, running, signal)
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<V>): Running<V> {
    const controller = new AbortController()
    const promise = work(controller.signal).finally(() => this.#forget(key, running))
    const running: Running<V> = { promise, waiting: 0, controller }
    this.#running.set(key, running)
    return running
  }

  /** The outcome, or the signal's reason if that comes first. */
  #wait(key: string, running: Running<V>, signal: AbortSignal): Promise<V> {
    running.waiting++
    return new Promise<V>((resolve, reject) => {
      const leave = () => {
        reject(signal.reason as Error)
        if (--running.waiting > 0) return
        // Who comes now begins anew.
        this.#forget(key, running)
        running.controller.abort(new Error('nobody waits for it any more'))
      }
      signal.addEventListener('abort', leave, { once: true })
      running.promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
    })
  }

  #forget(key: string, running: Running<V>): void {
    if (this.#running.get(key) === running) this.#running.delete(key)
  }
}
