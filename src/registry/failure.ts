// How a failure to import is reported: the status of an item, whose reason and message become the condition of a tag.
import { invalid as invalidField } from '../core/machinery/fieldError.ts'
import {
  ApiError,
  embedded,
  type EmbeddedStatus,
  internal,
  invalid,
  notFound,
  success,
} from '../core/machinery/status.ts'
import type { ImportReason } from '../core/image/importReasons.ts'
import { RegistryError } from './error.ts'
import { failureReason } from './reason.ts'

const SUBJECT = { group: 'image.openshift.io', plural: 'dockerimage' }

/** Clients of OpenShift may know it. */
const WRONG_PASSWORD = 'incorrect username or password'

/** The status of what went well. */
export const succeeded = (): EmbeddedStatus => embedded(success())

/** Why a manifest could not be imported; `reference` is what was asked for, with Docker's defaults. */
export function imageFailure(error: unknown, reference: string): EmbeddedStatus {
  const message = textOf(error)
  if (error instanceof RegistryError) {
    if (error.has('MANIFEST_UNKNOWN')) return embedded(notFound(SUBJECT, reference).status)
    if (error.has('UNAUTHORIZED')) return noAccess(reference)
    if (error.problem === 'no-credentials') return noAccess(reference)
    if (error.problem === 'helper') {
      const text = `${reference}: ${message}`
      return finer(unauthorized(text), 'NoCredential', text)
    }
    const exceeded = budgetFailure(error, reference)
    if (exceeded) return exceeded
  }
  if (message.endsWith(WRONG_PASSWORD)) return unauthorized(`${WRONG_PASSWORD} for image "${reference}"`)
  return otherwise(error, `${reference}: ${message}`)
}

/** Why the tags of a repository could not be listed; `repository` as the user wrote it. */
export function listingFailure(error: unknown, repository: string): EmbeddedStatus {
  if (error instanceof RegistryError) {
    if (error.has('NAME_UNKNOWN')) return embedded(notFound(SUBJECT, repository).status)
    if (error.has('UNAUTHORIZED')) return noAccess(repository)
    const exceeded = budgetFailure(error, repository)
    if (exceeded) return exceeded
  }
  return otherwise(error, textOf(error))
}

/** A pull spec that cannot be parsed. Validation finds these before. */
export function unparsable(name: string, problem: string): EmbeddedStatus {
  return embedded(invalid('', '', '', [invalidField('from.name', name, `invalid name: ${problem}`)]).status)
}

/** Some of a repository's images could not be imported. */
export function someFailed(count: number): EmbeddedStatus {
  const message =
    count === 1
      ? 'one of the images from this repository failed to import'
      : `${count} of the images from this repository failed to import`
  // Not one of the API's reasons; clients know it.
  return { metadata: {}, status: 'Failure', message, reason: 'ImportFailed' }
}

/** That the import as a whole took more than it may, or that the registry may not be asked, is said of each image that it did not get to. */
function budgetFailure({ problem, message }: RegistryError, subject: string): EmbeddedStatus | undefined {
  const text = `${subject}: ${message}`
  if (problem === 'deadline') return embedded(new ApiError(504, 'Timeout', text).status)
  if (problem === 'held-back') return embedded(new ApiError(429, 'TooManyRequests', text).status)
  return problem === 'budget' ? embedded(new ApiError(413, 'RequestEntityTooLarge', text).status) : undefined
}

/** What OpenShift knows no reason for. Its cause names ours. */
function otherwise(error: unknown, text: string): EmbeddedStatus {
  return finer(embedded(internal(text).status), failureReason(error), text)
}

/** That a policy chooses no tag. */
export function policyFailure(reason: ImportReason, message: string): EmbeddedStatus {
  return finer({ ...embedded(internal(message).status), message }, reason, message)
}

/** Says it more precisely than clients of OpenShift can: conditions have this reason. */
function finer({ details, ...status }: EmbeddedStatus, reason: ImportReason, message: string): EmbeddedStatus {
  return { ...status, details: { ...details, causes: [{ reason, message }] } }
}

const noAccess = (name: string) => unauthorized(`you may not have access to the container image "${name}"`)

const unauthorized = (message: string) => embedded(new ApiError(401, 'Unauthorized', message).status)

const textOf = (error: unknown) => (error instanceof Error ? error.message : 'unknown error')
