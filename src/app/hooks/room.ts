// Room: the memory in which bodies of deliveries are read, and who is to leave when it gets narrow.
//
// Who sends little and slowly holds little, so that any number of them keeps nobody out; who sends much has to be done soon.
import { ApiError } from '../../core/machinery/status.ts'
import type { Reading } from '../../http/handler.ts'

/** Bytes of all bodies that are being read. */
const MEMORY = 16 * 1024 * 1024
/** Milliseconds for a body: senders have it ready, and wait for ten seconds at most themselves. */
const DEADLINE = 10_000
/** Bytes that a reading, and each piece of its body, takes beside what is read, rounded up: pieces may be of one byte. */
const OVERHEAD = 4096
const PIECE = 256

interface Reader {
  readonly since: number
  readonly controller: AbortController
  bytes: number
}

/** See above. Times are in milliseconds. */
export class Room {
  readonly #readers = new Set<Reader>()
  readonly #now: () => number
  readonly #memory: number
  readonly #deadline: number
  #held = 0

  constructor(now: () => number, { memory = MEMORY, deadline = DEADLINE } = {}) {
    this.#now = now
    this.#memory = memory
    this.#deadline = deadline
  }

  /** Reads a body. Errors: Timeout (408) for one that does not arrive in time, or that has to leave; those of `read`. */
  async read<T>(read: (reading: Reading) => Promise<T>): Promise<T> {
    const reader: Reader = { since: this.#now(), controller: new AbortController(), bytes: 0 }
    this.#readers.add(reader)
    const timer = setTimeout(() => this.#end(reader), this.#deadline)
    try {
      this.#hold(reader, OVERHEAD)
      return await read({
        signal: reader.controller.signal,
        arrived: (bytes) => this.#hold(reader, bytes + PIECE),
      })
    } finally {
      clearTimeout(timer)
      this.#leave(reader)
    }
  }

  #hold(reader: Reader, bytes: number): void {
    if (!this.#readers.has(reader)) return
    reader.bytes += bytes
    this.#held += bytes
    while (this.#held > this.#memory) this.#end(this.#costliest(reader))
  }

  /** The one that has held most for longest. */
  #costliest(found: Reader): Reader {
    const now = this.#now()
    const cost = ({ bytes, since }: Reader): number => bytes * (now - since + 1)
    for (const reader of this.#readers) if (cost(reader) > cost(found)) found = reader
    return found
  }

  #end(reader: Reader): void {
    this.#leave(reader)
    reader.controller.abort(new ApiError(408, 'Timeout', 'the delivery did not arrive in time: try again'))
  }

  #leave(reader: Reader): void {
    if (this.#readers.delete(reader)) this.#held -= reader.bytes
  }
}
