// The only place of the core that reaches outside for cryptography: a hash is a pure function of its bytes.
import { createHash } from 'node:crypto'

/** The hash of some bytes, or of a text in UTF-8. */
export function hash(algorithm: 'sha256' | 'sha384' | 'sha512', data: Uint8Array | string): Buffer {
  return createHash(algorithm).update(data).digest()
}
