// Audience: who follows a source, while they are told what a check of it has brought. Thousands may, each with another credential, so that
// each is told by an outcome of its own.
import type { Entry, Follower } from './book.ts'

/** Those who follow an entry by now. Looks at each of them once, however many outcomes there are. */
export class Audience {
  readonly #entry: Entry
  readonly #byNamespace: Map<string, Follower[]>
  readonly #isMoving: (follower: Follower) => boolean
  #moves: boolean | undefined

  constructor(entry: Entry, isMoving: (follower: Follower) => boolean) {
    this.#entry = entry
    this.#isMoving = isMoving
    this.#byNamespace = Map.groupBy(entry.followers, ({ namespace }) => namespace)
  }

  /** Those of these namespaces who still follow it. */
  of(namespaces: readonly string[]): Follower[] {
    const { followers } = this.#entry
    return namespaces.flatMap((each) => this.#byNamespace.get(each) ?? []).filter((each) => followers.has(each))
  }

  /** Whether the source moves for any of them. */
  get moves(): boolean {
    return (this.#moves ??= [...this.#entry.followers].some(this.#isMoving))
  }
}
