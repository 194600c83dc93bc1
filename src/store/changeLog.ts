// ChangeLog: the history behind a store. The store decides (compare-and-swap on the current state in memory); the log makes
// durable and remembers. Everything is synchronous, so that insert and notify are one step.
import type { Change, Entry } from './store.ts'

/** What a log holds when it is opened. */
export interface Loaded {
  /** The current state, in any order. */
  entries: Iterable<Entry>
  /** The newest revision ever given out. */
  revision: number
  /** The oldest revision whose state, and the changes after which, are still known. */
  oldest: number
}

/** Reads a state of the past: a page of a list needs few of them. */
export type Past = (() => Entry) | undefined

/** Where a store keeps its changes. */
export interface ChangeLog {
  /** Called once, before everything else. */
  load(): Loaded
  /**
   * Returns when the change is durable; throws when it is not, and then nothing has happened. `json` is the object as written;
   * undefined: it was deleted.
   */
  append(change: Change, json: string | undefined): void
  /** Changes of keys with this prefix after the revision, in order, at most `limit`. */
  since(prefix: string, revision: number, limit: number): Change[]
  /** How to read what keys with this prefix that have changed after the revision were at it; undefined: they were not there. */
  before(prefix: string, revision: number): Map<string, Past>
  /** Nothing before this revision is needed any more. Only sets the mark: sweep() frees the space. */
  forget(revision: number): void
  /** Frees a bounded amount; false when nothing is left to do. */
  sweep(): boolean
  close(): void
}

/** The newest revision of an empty store: clients that ask for revision 1 are told that it is long gone. */
export const FIRST_REVISION = 1000
