// Fair line: who is next where not all can be served. Owners take turns; of one owner's things every other is one that moves.

interface Owner {
  moving: Set<string>
  still: Set<string>
  /** The next turn goes to what does not move. */
  stillsTurn: boolean
}

/**
 * Keys in line. One that waits is served after at most `2 · owners · k` others, where k is how many of its owner's are in line with it: however
 * much another owner has there, and however much moves.
 */
export class FairLine {
  /** The next one first. */
  readonly #owners = new Map<string, Owner>()
  readonly #ownerOf = new Map<string, string>()

  get size(): number {
    return this.#ownerOf.size
  }

  has(key: string): boolean {
    return this.#ownerOf.has(key)
  }

  /** Puts a key at the end, unless it is in the line. Of several owners (not empty) it goes with the one who has least in line. */
  push(key: string, owners: Iterable<string>, moves: boolean): void {
    if (this.has(key)) return
    const name = [...owners].reduce((least, each) => (this.#length(each) < this.#length(least) ? each : least))
    const owner = this.#owners.get(name) ?? { moving: new Set(), still: new Set(), stillsTurn: false }
    this.#owners.set(name, owner)
    owner[moves ? 'moving' : 'still'].add(key)
    this.#ownerOf.set(key, name)
  }

  /** Takes the next one out. */
  shift(): string | undefined {
    const next = this.#owners.entries().next().value
    if (!next) return undefined
    const [name, owner] = next
    const still = owner.moving.size === 0 || (owner.still.size > 0 && owner.stillsTurn)
    owner.stillsTurn = !still
    const [key] = still ? owner.still : owner.moving
    this.delete(key!)
    // To the end of the line of owners.
    if (this.#owners.delete(name)) this.#owners.set(name, owner)
    return key
  }

  delete(key: string): void {
    const name = this.#ownerOf.get(key)
    if (name === undefined) return
    this.#ownerOf.delete(key)
    const owner = this.#owners.get(name)!
    owner.moving.delete(key)
    owner.still.delete(key)
    if (owner.moving.size + owner.still.size === 0) this.#owners.delete(name)
  }

  #length(name: string): number {
    const owner = this.#owners.get(name)
    return owner ? owner.moving.size + owner.still.size : 0
  }
}
