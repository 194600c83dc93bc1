// Addresses of the Internet and ranges of them. https://datatracker.ietf.org/doc/html/rfc4632#section-3.1
import { isIP } from 'node:net'

/** An address: 4 bytes, or 16. IPv4 that is written as IPv6 (`::ffff:127.0.0.1`) is IPv4. */
export type Address = Uint8Array

/** A range: the addresses of one family that begin with these bits. */
export interface Cidr {
  address: Address
  /** Leading bits that count. */
  bits: number
}

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

/** The address that a text is; undefined if it is none. A zone (`fe80::1%eth0`) does not count. */
export function parseAddress(text: string): Address | undefined {
  const family = isIP(text)
  if (family === 0) return undefined
  if (family === 4) return Uint8Array.from(text.split('.'), Number)
  const bytes = v6(text.replace(/%.*$/, ''))
  return MAPPED.every((byte, i) => bytes[i] === byte) ? bytes.subarray(12) : bytes
}

/** `10.0.0.0/8`, `fd00::/8`, or an address alone; undefined if it is neither. Bits after the prefix do not count. */
export function parseCidr(text: string): Cidr | undefined {
  const [head = '', tail, ...more] = text.split('/')
  const address = head.includes('%') ? undefined : parseAddress(head)
  if (!address || more.length > 0) return undefined
  const most = 8 * address.length
  if (tail === undefined) return { address, bits: most }
  if (!/^\d{1,3}$/.test(tail)) return undefined
  // The prefix of mapped addresses counts the bits before the IPv4 address, too.
  const bits = Number(tail) - (head.includes(':') ? 128 - most : 0)
  return bits < 0 || bits > most ? undefined : { address, bits }
}

/** Whether an address lies in the range. */
export function contains({ address, bits }: Cidr, other: Address): boolean {
  if (address.length !== other.length) return false
  const whole = bits >> 3
  for (let i = 0; i < whole; i += 1) if (address[i] !== other[i]) return false
  const rest = bits & 7
  return rest === 0 || address[whole]! >> (8 - rest) === other[whole]! >> (8 - rest)
}

/** The bytes of what is known to be an IPv6 address. */
function v6(text: string): Uint8Array {
  const [head = '', tail] = text.split('::')
  const before = groups(head)
  const after = groups(tail ?? '')
  const bytes = new Uint8Array(16)
  bytes.set(before)
  if (tail !== undefined) bytes.set(after, 16 - after.length)
  return bytes
}

function groups(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
