// Why a registry did not give what was asked for, in one stable word: for scripts, alerts and people who search for it.
import type { ImportReason } from '../core/image/importReasons.ts'
import { ManifestError } from '../core/oci/manifest.ts'
import { RegistryError, type RegistryProblem } from './error.ts'

const OF_PROBLEM: Readonly<Record<RegistryProblem, ImportReason>> = {
  transport: 'Unreachable',
  timeout: 'Timeout',
  refused: 'Refused',
  status: 'RegistryError',
  'not-v2': 'NoRegistry',
  'no-credentials': 'Unauthorized',
  token: 'NoToken',
  helper: 'NoCredential',
  integrity: 'WrongDigest',
  'too-large': 'TooLarge',
  deadline: 'Timeout',
  budget: 'RequestEntityTooLarge',
  'held-back': 'TooManyRequests',
  redirect: 'BadRedirect',
  malformed: 'BadAnswer',
}

/** Codes of registries that mean more than that they refused. https://distribution.github.io/distribution/spec/api/#errors */
const OF_CODE: readonly (readonly [code: string, reason: ImportReason])[] = [
  ['TOOMANYREQUESTS', 'RateLimited'],
  ['UNAUTHORIZED', 'Unauthorized'],
  ['DENIED', 'Unauthorized'],
  ['MANIFEST_UNKNOWN', 'NotFound'],
  ['NAME_UNKNOWN', 'NotFound'],
]

/** The word for a failure. */
export function failureReason(error: unknown): ImportReason {
  if (error instanceof ManifestError) return 'BadManifest'
  if (!(error instanceof RegistryError)) return 'InternalError'
  return error.reason ?? OF_CODE.find(([code]) => error.has(code))?.[1] ?? OF_PROBLEM[error.problem]
}
