// When a source is checked. Each has its own place in the period, from its name: the load is even however they came, a new leader
// goes on where the old one was, and nothing drifts.
import { hash } from '../machinery/hash.ts'

/** Part of the freshness by which a check may be late, at random: many servers that ask one registry do not do so in step. */
const JITTER = 0.1

/** A place in [0, 1) for a name; always the same. */
export function placeOf(name: string): number {
  return Number.parseInt(hash('sha256', name).toString('hex', 0, 6), 16) / 2 ** 48
}

/**
 * When the next check is due, in the milliseconds of `now`. Between two checks lies no more than `refresh`: slots are shorter by
 * what chance may add.
 * @param place in [0, 1), see placeOf
 * @param random in [0, 1)
 */
export function nextCheck(now: number, refresh: number, place: number, random: number): number {
  const period = refresh * (1 - JITTER)
  const slot = Math.floor(now / period - place) + 1
  return (slot + place) * period + random * JITTER * refresh
}
