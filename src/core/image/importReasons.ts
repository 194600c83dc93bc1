// Why a tag could not be checked or imported, in one stable word: the reason of its condition, and of events about it. What to do about
// each says docs/spec/imports.md; a test compares the two.

/** Every word. An ImageStreamImport answers some of them as InternalError, for clients of OpenShift, and has the word in its cause. */
export const IMPORT_REASONS = [
  'NotFound',
  'Unauthorized',
  'Forbidden',
  'Invalid',
  'RateLimited',
  'TooManyRequests',
  'Timeout',
  'DNS',
  'TLS',
  'Unreachable',
  'Proxy',
  'AddressRefused',
  'Refused',
  'RegistryError',
  'NoRegistry',
  'NoToken',
  'NoCredential',
  'WrongDigest',
  'TooLarge',
  'RequestEntityTooLarge',
  'BadRedirect',
  'BadAnswer',
  'BadManifest',
  'InvalidPolicy',
  'NoMatchingTag',
  'WaitingForAge',
  'ChosenTagGone',
  'InternalError',
] as const

export type ImportReason = (typeof IMPORT_REASONS)[number]
