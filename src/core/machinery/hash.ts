// The only place of the core that reaches outside for cryptography: a hash is a pure function of its bytes.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** The hash of some bytes, or of a text in UTF-8. */
export function hash(algorithm: 'sha256' | 'sha384' | 'sha512', data: Uint8Array | string): Buffer {
  return createHash(algorithm).update(data).digest()
}

/** The keyed hash of some bytes: who makes it knows the key. SHA-1 is for senders that know no other. */
export function keyedHash(algorithm: 'sha1' | 'sha256', key: string, data: Uint8Array): Buffer {
  return createHmac(algorithm, key).update(data).digest()
}

/** Whether two texts are the same, in a time that tells nothing of either: their hashes are compared. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a), hash('sha256', b))
}
