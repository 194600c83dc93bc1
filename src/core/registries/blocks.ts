// Blocks: a rate of some length is held in small numbers of requests, one after the other. The record knows of each what was used of it.
import { LEAST_LENGTH, lengthOf, SLACK, sumOf } from './grants.ts'
import type { Ended, Entry, Holding, Proposal, Wish } from './holding.ts'

/** Blocks that are remembered. A rate that is used up has some twenty. */
const MOST = 24

interface Block extends Entry {
  used: number
  /** Sent, and not answered. */
  underWay: number
  /** When the last one was answered. */
  last: number
  /** The record has been told what was used: nothing more can be. */
  closed: boolean
  /** What the record has. */
  told: number
}

/** See Holding. */
export class Blocks implements Holding {
  readonly #per: number
  /** The oldest first. */
  #blocks: Block[]

  constructor(per: number, past: readonly Entry[] = []) {
    this.#per = per
    this.#blocks = past.map((entry) => ({
      ...blockOf(entry),
      used: entry.count,
      last: entry.until,
      closed: true,
    }))
  }

  left(now: number): number {
    return this.#open(now).reduce((sum, { count, used }) => sum + count - used, 0)
  }

  freeIn(now: number): number {
    return this.left(now) > 0 ? 0 : Infinity
  }

  take(now: number): Ended {
    const [block] = this.#open(now)
    if (!block) throw new RangeError('nothing is left')
    block.used++
    block.underWay++
    return (then, sent) => {
      block.underWay--
      if (sent) block.last = Math.max(block.last, then)
      else block.used--
    }
  }

  isLow(now: number): boolean {
    const open = this.#open(now)
    const { count = 0, until = now } = open.at(-1) ?? {}
    return this.left(now) <= count / 4 || until - now <= lengthOf(this.#per) / 4
  }

  used(now: number): number {
    this.#forget(now)
    return this.#blocks.reduce((sum, { used }) => sum + used, 0)
  }

  propose(now: number, wish: Wish): Proposal {
    this.#forget(now)
    for (const block of this.#blocks)
      if (block.closed || block.used === block.count || block.until < now) close(block, now)
    while (this.#blocks.length >= MOST && this.#merge());
    const blocks = [...this.#blocks]
    const entries = blocks.map(({ closed, used, count, until }) => ({ count: closed ? used : count, until }))
    const more = Math.max(0, Math.min(wish.more, wish.room - sumOf(entries)))
    const added = { count: more, until: wish.until }
    return {
      entries: [...entries, added].filter(({ count }) => count > 0),
      more,
      commit: () => {
        for (const [i, block] of blocks.entries()) block.told = entries[i]!.count
        if (more > 0) this.#blocks.push(blockOf(added))
      },
    }
  }

  end(): void {
    for (const block of this.#blocks) block.closed = true
  }

  dueAt(): number | undefined {
    let due: number | undefined
    for (const { until, used, told, underWay } of this.#blocks) {
      // What is under way may reach the registry later; what was not used can be given back, unless somebody asks for more before.
      const at = underWay > 0 ? until : used < told ? until + lengthOf(this.#per) : undefined
      if (at !== undefined) due = Math.min(due ?? at, at)
    }
    return due
  }

  #open(now: number): Block[] {
    return this.#blocks.filter(({ closed, used, count, until }) => !closed && used < count && now <= until)
  }

  /** Makes one of the two that ended closest to each other: what was used of the first counts a little longer. */
  #merge(): boolean {
    const done = this.#blocks.filter(({ closed, underWay }) => closed && underWay === 0)
    let found: [Block, Block] | undefined
    for (const [i, next] of done.entries()) {
      const block = done[i - 1]
      if (block && (!found || next.until - block.until < found[1].until - found[0].until)) found = [block, next]
    }
    if (!found) return false
    const [first, second] = found
    for (const key of ['count', 'used', 'told'] as const) second[key] += first[key]
    second.until = second.last = Math.max(first.until, second.until)
    this.#blocks = this.#blocks.filter((block) => block !== first)
    return true
  }

  #forget(now: number): void {
    const counts = ({ underWay, until }: Block) => underWay > 0 || until + this.#per + SLACK > now
    if (!this.#blocks.every(counts)) this.#blocks = this.#blocks.filter(counts)
  }
}

const blockOf = ({ count, until }: Entry): Block => ({
  count,
  until,
  used: 0,
  underWay: 0,
  last: 0,
  closed: false,
  told: count,
})

/** Nothing more of it is used. It counts until its last request was answered: nobody knows when the registry has heard that. */
function close(block: Block, now: number): void {
  block.closed = true
  block.until = block.underWay > 0 ? Math.max(block.until, now + LEAST_LENGTH) : block.last
}
