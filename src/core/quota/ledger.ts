// What a controller may write as `used` of a quota.
//
// `used` is a promise before it is a number: admission raises it first, and the object is stored a moment later. To write
// what one counts would take such promises back, and let somebody else in. But not all that is above the count is a promise:
//   - what went: each deletion that was seen lowers `used` by one, at once
//   - what was promised and never came (a process died in between): it is still there when nothing was promised for a
//     while, longer than any promise takes
// Every write is a compare-and-swap, so that there is no promise which the controller has not seen. Raising is always right.
import { countOf, countText, type Quota } from './quota.ts'

/**
 * Milliseconds after which a promise without an object is void: longer than it takes from charging a quota to the moment
 * when controllers hear of the object. In one process that is less than a turn of its event loop.
 */
export const PROMISE_MS = 5_000

/** What to write, and when to look again. */
export interface Look {
  /** What changes of `status.used`; nothing: {}. */
  used: Record<string, string>
  /** Milliseconds after which what is too much now may be nobody's promise any more. */
  wait?: number
  /** Deletions that this look reckons with, by name. */
  freed: ReadonlyMap<string, number>
}

/** What a controller has seen of one quota. Times are milliseconds of one clock. */
export class Ledger {
  readonly #freed = new Map<string, number>()
  readonly #promised = new Map<string, number>()
  readonly #lifetime: number

  /** `lifetime`: milliseconds that a promise without an object holds. */
  constructor(lifetime: number = PROMISE_MS) {
    this.#lifetime = lifetime
  }

  /** The quota has changed, or is seen for the first time. */
  saw(quota: Quota, old: Quota | undefined, now: number): void {
    for (const [name, text] of Object.entries(quota.status?.used ?? {})) {
      const before = old?.status?.used?.[name]
      if (before === undefined || countOf(text) > countOf(before)) this.#promised.set(name, now)
    }
  }

  /** An object that quotas know under `name` has gone. */
  freed(name: string): void {
    this.#freed.set(name, (this.#freed.get(name) ?? 0) + 1)
  }

  /** Compares the quota with what there is, by name. */
  look({ status }: Quota, counts: Readonly<Record<string, number>>, now: number): Look {
    const look: Look = { used: {}, freed: new Map(this.#freed) }
    for (const [name, count] of Object.entries(counts)) {
      const text = status?.used?.[name]
      const used = text === undefined ? count : countOf(text)
      const end = (this.#promised.get(name) ?? now) + this.#lifetime
      const promised = now >= end ? 0 : used - (this.#freed.get(name) ?? 0)
      const next = Math.max(count, promised)
      if (text === undefined || next !== used) look.used[name] = countText(next)
      if (next > count) look.wait = Math.min(look.wait ?? Infinity, end - now)
    }
    return look
  }

  /** What was looked at is written, or there was nothing to write: those deletions are dealt with. */
  done({ freed }: Look): void {
    for (const [name, count] of freed) {
      const rest = (this.#freed.get(name) ?? 0) - count
      if (rest > 0) this.#freed.set(name, rest)
      else this.#freed.delete(name)
    }
  }
}
