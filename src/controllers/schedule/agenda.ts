// An agenda: which key is due next. Putting in and taking out cost the logarithm of how many there are.

interface Item {
  at: number
  key: string
}

/** A binary heap. What was planned anew or taken back stays in it until its old time comes, and is passed over then. */
export class Agenda {
  readonly #heap: Item[] = []
  /** The time that counts, by key. */
  readonly #planned = new Map<string, number>()

  /** Keys that are planned. */
  get size(): number {
    return this.#planned.size
  }

  /** When a key is due; undefined when it is not planned. */
  at(key: string): number | undefined {
    return this.#planned.get(key)
  }

  /** Plans a key, in place of what was planned for it. */
  plan(key: string, at: number): void {
    this.#planned.set(key, at)
    this.#heap.push({ at, key })
    this.#up(this.#heap.length - 1)
    // Without this, keys that are planned anew all the time would fill it.
    if (this.#heap.length > 2 * this.#planned.size + 64) this.#rebuild()
  }

  drop(key: string): void {
    this.#planned.delete(key)
  }

  /** When the next key is due. */
  next(): number | undefined {
    this.#skip()
    return this.#heap[0]?.at
  }

  /** Takes the next key out if it is due by `now`. */
  take(now: number): string | undefined {
    const at = this.next()
    if (at === undefined || at > now) return undefined
    const { key } = this.#pop()!
    this.#planned.delete(key)
    return key
  }

  #skip(): void {
    while (this.#heap[0] && this.#planned.get(this.#heap[0].key) !== this.#heap[0].at) this.#pop()
  }

  #rebuild(): void {
    this.#heap.length = 0
    const items = Array.from(this.#planned, ([key, at]) => ({ at, key }))
    // In order, every array is a heap.
    this.#heap.push(...items.sort((a, b) => a.at - b.at))
  }

  #pop(): Item | undefined {
    const [first] = this.#heap
    const last = this.#heap.pop()
    if (last && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#down()
    }
    return first
  }

  #up(index: number): void {
    const heap = this.#heap
    for (let i = index; i > 0;) {
      const parent = (i - 1) >> 1
      if (heap[parent]!.at <= heap[i]!.at) return
      this.#swap(i, parent)
      i = parent
    }
  }

  #down(): void {
    const heap = this.#heap
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2]
      let least = i
      if (left < heap.length && heap[left]!.at < heap[least]!.at) least = left
      if (right < heap.length && heap[right]!.at < heap[least]!.at) least = right
      if (least === i) return
      this.#swap(i, least)
      i = least
    }
  }

  #swap(i: number, j: number): void {
    const heap = this.#heap
    ;[heap[i], heap[j]] = [heap[j]!, heap[i]!]
  }
}
