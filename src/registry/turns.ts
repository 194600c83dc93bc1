// Turns: who waits for a place. Groups take turns, in each of them owners, and the work of an owner goes in the order in which it came.

/** Whose work it is: objects by identity, or names. */
export type Owner = object | string

/** An owner who is one of several: who has many of them waits for himself. Any other owner is a group of his own. */
export interface Member {
  group: string
}

const groupOf = (owner: Owner): Owner => (typeof owner === 'object' && isMember(owner) ? owner.group : owner)
const isMember = (owner: object): owner is Member => 'group' in owner

/** See above. */
export class Turns<T> {
  /** The next one first, at each level. */
  readonly #groups = new Map<Owner, Map<Owner, Set<T>>>()

  /** Nobody waits. */
  get isEmpty(): boolean {
    return this.#groups.size === 0
  }

  add(owner: Owner, turn: T): void {
    const owners = this.#groups.getOrInsertComputed(groupOf(owner), () => new Map<Owner, Set<T>>())
    owners.getOrInsertComputed(owner, () => new Set<T>()).add(turn)
  }

  delete(owner: Owner, turn: T): void {
    const group = groupOf(owner)
    const owners = this.#groups.get(group)
    const line = owners?.get(owner)
    line?.delete(turn)
    if (line?.size === 0) owners?.delete(owner)
    if (owners?.size === 0) this.#groups.delete(group)
  }

  /** Takes the turn of who had one longest ago, of those who are free. */
  take(isFree: (owner: Owner) => boolean): { owner: Owner; turn: T } | undefined {
    for (const [group, owners] of this.#groups)
      for (const [owner, line] of owners) {
        if (!isFree(owner)) continue
        const [turn] = line
        this.delete(owner, turn!)
        toEnd(owners, owner)
        toEnd(this.#groups, group)
        return { owner, turn: turn! }
      }
    return undefined
  }
}

/** A map is in the order in which its keys were set. */
function toEnd<K, V>(map: Map<K, V>, key: K): void {
  const value = map.get(key)
  if (value !== undefined && map.delete(key)) map.set(key, value)
}
