// The time that schedules live in. Tests have one of their own.

/** Milliseconds that only grow, and are the same on all machines but for the error of their clocks. */
export interface Clock {
  now(): number
  /** Calls back once, so many milliseconds from now; returns how to prevent that. */
  after(ms: number, call: () => void): () => void
}

/** Longest timer of Node, in milliseconds. */
const LONGEST = 2 ** 31 - 1

/** The machine's: of the wall when the process began, and from then on steady. */
export const machineClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, Math.min(Math.max(ms, 0), LONGEST))
    return () => clearTimeout(timer)
  },
}
