// Holds: a registry that has said "too many requests" is left alone.

/** Until when (milliseconds), and how often in a row it has been said. */
export interface Held {
  until: number
  times: number
}

/** Not at all. */
export const UNHELD: Held = { until: -Infinity, times: 0 }

/** How long a registry that does not say how long is left alone at first, in milliseconds; then twice as long each time. */
const FIRST = 30_000
/** Longest time that a registry is left alone, whatever it says. */
const LONGEST = 3_600_000

/** What a refusal makes of it. Those of requests that were sent before the first refusal was heard are part of it. */
export function nextHold(held: Held, now: number, retryAfter: number | undefined): Held {
  const times = held.until > now ? held.times : held.times + 1
  const wait = Math.min(retryAfter ?? FIRST * 2 ** Math.min(times - 1, 10), LONGEST)
  return { until: Math.max(now + wait, held.until), times }
}

/** The same by now: a clock that was put back must not make it longer. */
export function heldAt(held: Held, now: number): Held {
  return held.until > now + LONGEST ? { ...held, until: now + LONGEST } : held
}
