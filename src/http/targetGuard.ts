// Targets of requests through a proxy, which connects in our place: they are looked up here before the proxy hears of them.
import { isIP } from 'node:net'
import { AddressRefused, type Lookup } from './allowedLookup.ts'

/** Says of a host name whether a proxy may be asked for it. Rejects with AddressRefused, or as the lookup fails. */
export type TargetGuard = (hostname: string) => Promise<void>

export interface TargetGuardOptions {
  allowAddress: (ip: string) => boolean
  lookup: Lookup
  /** Milliseconds since some start; for tests. */
  clock?: () => number
}

/** Milliseconds that an answer counts: as long as a connection is kept for the next request. */
const LIFE = 30_000
/** Names whose answer is kept. */
const NAMES = 500

/**
 * The proxy resolves the name again, so all of its addresses must be allowed here, not only one. That a name is pointed elsewhere
 * between our look and the proxy's cannot be prevented: many proxies take no addresses.
 */
export function targetGuard({
  allowAddress,
  lookup,
  clock = () => performance.now(),
}: TargetGuardOptions): TargetGuard {
  const known = new Map<string, { until: number; answer: Promise<void> }>()
  const look = (hostname: string): Promise<void> =>
    new Promise((resolve, reject) => {
      lookup(hostname, { all: true }, (error, addresses) => {
        if (error) reject(error)
        else if (addresses.length > 0 && addresses.every(({ address }) => allowAddress(address))) resolve()
        else reject(new AddressRefused(hostname))
      })
    })
  return async (hostname) => {
    if (isIP(hostname) !== 0) {
      if (!allowAddress(hostname)) throw new AddressRefused(hostname)
      return
    }
    const kept = known.get(hostname)
    if (kept && kept.until > clock()) return await kept.answer
    const answer = look(hostname)
    known.delete(hostname)
    known.set(hostname, { until: clock() + LIFE, answer })
    // What could not be found is looked for again next time.
    answer.catch(() => known.delete(hostname))
    const [oldest] = known.keys()
    if (known.size > NAMES && oldest !== undefined) known.delete(oldest)
    await answer
  }
}

/** Where names are left to the proxy: addresses that stand there as such, and the machine itself, are refused all the same. */
export function literalGuard(allowAddress: (ip: string) => boolean): TargetGuard {
  return async (hostname) => {
    const own = /(?:^|\.)localhost\.?$/.test(hostname) && !allowAddress('127.0.0.1')
    if (own || (isIP(hostname) !== 0 && !allowAddress(hostname))) throw new AddressRefused(hostname)
  }
}
