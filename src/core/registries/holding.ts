// Holdings: what a process has of the rate of an account, and what it has done with it.
import type { Grant } from './grants.ts'

/** A grant of this process, by its own clock. */
export type Entry = Omit<Grant, 'holder'>

/** Tells what became of a request: that it was answered, or given up; or that it was not sent after all. */
export type Ended = (now: number, sent: boolean) => void

/** What is asked for. */
export interface Wish {
  /** So many requests more, where there is room for them. */
  more: number
  /** How many this process may have in all, those included that were sent and count still. */
  room: number
  /** Others have got none: no more than so many are kept up. */
  fair?: number | undefined
  /** For how long. */
  until: number
}

/** What a process writes into the record. It counts from when the record has it. */
export interface Proposal {
  /** All that the record is to have of this process. */
  entries: Entry[]
  /** How many requests more. */
  more: number
  /** None more, and those that it has for longer. */
  isRenewed?: boolean
  /** The record has it. */
  commit: () => void
}

/** See above. `now` never goes back. */
export interface Holding {
  /** How many may be sent now. */
  left(now: number): number
  /** Milliseconds until one may be sent, if the record gives no more; Infinity: never. */
  freeIn(now: number): number
  /** Sends one. There must be one left. */
  take(now: number): Ended
  /** Whether it is time to ask for more, for who goes on like this. */
  isLow(now: number): boolean
  /** How many of the rate are used, in so far as they count still. */
  used(now: number): number
  /** What the record is to have. */
  propose(now: number, wish: Wish): Proposal
  /** Nothing more is sent. */
  end(): void
  /** When the record has to be told of what became of it, whoever asks for more; undefined: it need not be. */
  dueAt(): number | undefined
}
