// Names that lead only to addresses that are allowed.
import type { LookupAddress, LookupAllOptions, LookupOptions } from 'node:dns'

/** Finds all addresses of a name, as `lookup` of node:dns does. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** No address of a host is allowed. */
export class AddressRefused extends Error {
  override name = 'AddressRefused'
  readonly code = 'ADDRESS_REFUSED'
  constructor(hostname: string) {
    super(`connections to ${hostname} are not allowed`)
  }
}

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

/**
 * Resolves a name and drops what is not allowed. The connection goes to what this gives, and asks nobody again: a name cannot be
 * pointed elsewhere in between.
 */
export function allowedLookup(allowed: (ip: string) => boolean, lookup: Lookup) {
  return (hostname: string, options: LookupOptions, done: Found): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, [])
      const usable = addresses.filter(({ address }) => allowed(address))
      const first = usable[0]
      if (!first) return done(new AddressRefused(hostname), [])
      return options.all ? done(null, usable) : done(null, first.address, first.family)
    })
  }
}
