// The kind of holding that suits a rate.
import { Blocks } from './blocks.ts'
import type { Entry, Holding } from './holding.ts'
import { Share } from './share.ts'

/**
 * Milliseconds. Shorter rates are held as a share that is kept up, so that all of it can be used: what blocks have used counts for a
 * twentieth of the rate's length and some seconds longer. But what a killed process held of a share is lost for that length, and a bit.
 */
const SHARED_BELOW = 5 * 60_000

/** `past`: what it held before by a rate of another length. */
export function createHolding(per: number, past: readonly Entry[] = []): Holding {
  return per < SHARED_BELOW ? new Share(per, past) : new Blocks(per, past)
}
