// Content digests: `algorithm:hex`. https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
import { hash } from '../machinery/hash.ts'

/** Hexadecimal characters of each algorithm that is understood. */
const LENGTHS = { sha256: 64, sha384: 96, sha512: 128 } as const

export type Algorithm = keyof typeof LENGTHS

export type DigestProblem =
  | 'invalid checksum digest format'
  | 'invalid checksum digest length'
  | 'unsupported digest algorithm'

const HEX = /^[0-9a-fA-F]+$/

/** What is wrong with a digest, or undefined when it is usable. Upper-case hexadecimal is allowed. */
export function digestProblem(text: string): DigestProblem | undefined {
  const colon = text.indexOf(':')
  const hex = text.slice(colon + 1)
  if (colon <= 0 || !HEX.test(hex)) return 'invalid checksum digest format'
  const algorithm = text.slice(0, colon)
  if (!isAlgorithm(algorithm)) return 'unsupported digest algorithm'
  return hex.length === LENGTHS[algorithm] ? undefined : 'invalid checksum digest length'
}

/** Whether the text is a complete digest of a known algorithm. */
export function isDigest(text: string): boolean {
  return digestProblem(text) === undefined
}

/** The digest of some bytes. */
export function digestOf(bytes: Uint8Array, algorithm: Algorithm = 'sha256'): string {
  return `${algorithm}:${hash(algorithm, bytes).toString('hex')}`
}

/** Whether the bytes have this digest; false also for a digest that cannot be computed. */
export function matchesDigest(bytes: Uint8Array, digest: string): boolean {
  const algorithm = digest.slice(0, digest.indexOf(':'))
  return isDigest(digest) && isAlgorithm(algorithm) && digestOf(bytes, algorithm) === digest.toLowerCase()
}

/**
 * Whether an image name answers to what a user wrote: the whole digest, a beginning of it, or a beginning of its
 * hexadecimal part. There is no minimum length.
 */
export function digestAnswersTo(image: string, requested: string): boolean {
  if (image.startsWith(requested)) return true
  return isDigest(image) && image.slice(image.indexOf(':') + 1).startsWith(requested)
}

function isAlgorithm(text: string): text is Algorithm {
  return Object.hasOwn(LENGTHS, text)
}
