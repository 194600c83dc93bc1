// Why a tag could not be checked or imported, in one stable word: the reason of its condition, and of events about it. What to do about
// each says docs/spec/imports.md; a test compares the two.

/** Every word. An ImageStreamImport answers some of them as InternalError, for clients of OpenShift, and has the word in its cause. */
export const IMPORT_REASONS = [
  'NotFound',
  'Unauthorized',
  'Forbidden',
  'Invalid',
  'RateLimited',
  'Timeout',
  'DNS',
  'TLS',
  'Unreachable',
  'AddressRefused',
  'Refused',
  'RegistryError',
  'NoRegistry',
  'NoToken',
  'WrongDigest',
  'TooLarge',
  'RequestEntityTooLarge',
  'BadRedirect',
  'BadAnswer',
  'BadManifest',
  'InternalError',
] as const

export type ImportReason = (typeof IMPORT_REASONS)[number]
