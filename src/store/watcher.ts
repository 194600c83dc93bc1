// One watch: first what the log knows, then what the store writes, without gap or duplicate. Both happen in synchronous
// steps of one thread, so "the log has no more" and "tell me what comes" are the same moment.
import { SlowWatcher, type Change } from './store.ts'

/** Changes that wait for a slow reader; objects are shared, so that this costs little memory. */
const BUFFER = 4096
/** Changes that are read from the log at once. */
const PAGE = 256

/** What a watcher reads. */
export interface WatcherSource {
  /** Changes after the revision, of keys with the prefix. Throws Compacted, FutureRevision. */
  history(prefix: string, revision: number, limit: number): Change[]
  /** From now on push() is called for every change of keys with the watcher's prefix. */
  join(watcher: Watcher): void
  leave(watcher: Watcher): void
}

/** What a watcher wants. */
export interface WatcherOptions {
  prefix: string
  /** Changes after this one are wanted. */
  revision: number
  signal: AbortSignal
  /** Changes that may wait for the reader. Default 4,096. */
  buffer?: number | undefined
}

interface Waiting {
  resolve(result: IteratorResult<Change, undefined>): void
  reject(error: unknown): void
}

const DONE: IteratorResult<Change, undefined> = { done: true, value: undefined }

/** Gives the changes below one prefix: first from history, then as they come. */
export class Watcher implements AsyncIterableIterator<Change, undefined> {
  readonly prefix: string
  readonly #source: WatcherSource
  readonly #signal: AbortSignal
  readonly #limit: number
  /** All changes up to here are handed out or in the buffer. */
  #position: number
  #state: 'history' | 'live' | 'failed' | 'ended' = 'history'
  #failure: unknown
  #buffer: Change[] = []
  #head = 0
  #waiting: Waiting[] = []

  constructor(source: WatcherSource, options: WatcherOptions) {
    this.prefix = options.prefix
    this.#source = source
    this.#signal = options.signal
    this.#limit = options.buffer ?? BUFFER
    this.#position = options.revision
    source.join(this)
    this.#signal.addEventListener('abort', this.#abort)
    if (this.#signal.aborted) this.end()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Change, undefined>> {
    if (this.#buffered() === 0 && this.#state === 'history') this.#replay()
    const change = this.#shift()
    if (change !== undefined) return Promise.resolve({ done: false, value: change })
    if (this.#state === 'ended') return Promise.resolve(DONE)
    if (this.#state === 'failed') {
      this.#state = 'ended'
      return Promise.reject(this.#failure)
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  return(): Promise<IteratorResult<Change, undefined>> {
    this.end()
    return Promise.resolve(DONE)
  }

  /** A change that the store has just written. While history is read, the log has it too. */
  push(change: Change): void {
    if (this.#state !== 'live' || change.entry.revision <= this.#position) return
    this.#position = change.entry.revision
    const reader = this.#waiting.shift()
    if (reader) reader.resolve({ done: false, value: change })
    else if (this.#buffered() >= this.#limit) {
      this.#fail(new SlowWatcher(`the watch of ${this.prefix} is ${this.#limit} changes behind`))
    } else this.#buffer.push(change)
  }

  /** Ends the watch; what is in the buffer is not handed out any more. */
  end(): void {
    this.#detach('ended')
    this.#buffer = []
    for (const reader of this.#waiting.splice(0)) reader.resolve(DONE)
  }

  /** What is in the buffer is still handed out, then the error. */
  #fail(error: unknown): void {
    this.#failure = error
    this.#detach('failed')
  }

  #detach(state: 'failed' | 'ended'): void {
    this.#source.leave(this)
    this.#state = state
    this.#signal.removeEventListener('abort', this.#abort)
  }

  readonly #abort = (): void => this.end()

  #replay(): void {
    try {
      this.#buffer = this.#source.history(this.prefix, this.#position, PAGE)
      this.#head = 0
    } catch (error) {
      this.#fail(error)
      return
    }
    const last = this.#buffer.at(-1)
    if (last) this.#position = last.entry.revision
    if (this.#buffer.length < PAGE) this.#state = 'live'
  }

  #buffered(): number {
    return this.#buffer.length - this.#head
  }

  #shift(): Change | undefined {
    const change = this.#buffer[this.#head]
    if (change === undefined) return undefined
    // Array.shift() is linear for long arrays; a head that moves is not. What lies before it is let go from time to time.
    if (++this.#head === this.#buffer.length || this.#head === PAGE) {
      this.#buffer = this.#buffer.slice(this.#head)
      this.#head = 0
    }
    return change
  }
}
