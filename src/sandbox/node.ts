// The one node of the sandbox. It does not exist as an object.

export const NODE = 'sandbox'
export const NODE_IP = '127.0.0.1'

/** An address out of 10.0.0.0/8 for the n-th pod; nothing listens there. */
export function podAddress(n: number): string {
  const host = (n % (2 ** 24 - 2)) + 1
  return `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`
}

/** The n of an address that podAddress made; -1 for others. */
export function addressNumber(address: string | undefined): number {
  const parts = /^10\.(\d+)\.(\d+)\.(\d+)$/.exec(address ?? '')
  if (!parts) return -1
  const [, a, b, c] = parts.map(Number)
  return (a! << 16) + (b! << 8) + c! - 1
}
