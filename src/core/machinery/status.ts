// Errors of the Kubernetes API: a closed set of reasons, each with its HTTP code, carried as a meta/v1 Status.
// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#response-status-kind
import { describeAll, type FieldError, MAX_TOLD } from './fieldError.ts'
import { qualified } from './object.ts'

export type StatusReason =
  | ''
  | 'AlreadyExists'
  | 'BadRequest'
  | 'Conflict'
  | 'Expired'
  | 'Forbidden'
  | 'Gone'
  | 'InternalError'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'NotFound'
  | 'RequestEntityTooLarge'
  | 'ServerTimeout'
  | 'ServiceUnavailable'
  | 'Timeout'
  | 'TooManyRequests'
  | 'Unauthorized'
  | 'UnsupportedMediaType'

/** What is wrong with one field, in a Status. */
export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}

/** Which object a Status speaks of, and why. */
export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}

/** meta/v1 Status. */
export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: { resourceVersion?: string; continue?: string }
  status: 'Success' | 'Failure'
  message?: string
  reason?: StatusReason
  details?: StatusDetails
  code?: number
}

/** A Status inside another object: without what Go's type declares as constant, and with any word as its reason. */
export type EmbeddedStatus = Omit<Status, 'kind' | 'apiVersion' | 'reason'> & { reason?: string }

/** A status as it stands inside another object: without kind and apiVersion, and without empty details. */
export function embedded({ kind: _kind, apiVersion: _version, details, ...status }: Status): EmbeddedStatus {
  const kept = Object.fromEntries(Object.entries(details ?? {}).filter(([, value]) => value !== ''))
  return { ...status, ...(Object.keys(kept).length > 0 && { details: kept }) }
}

/** An error that the API answers with; throw it anywhere, the server encodes `status`. */
export class ApiError extends Error {
  readonly status: Status
  constructor(code: number, reason: StatusReason, message: string, details?: StatusDetails, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ApiError'
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason && { reason }),
      ...(details && { details }),
      code,
    }
  }
  get code(): number {
    return this.status.code ?? 500
  }
  get reason(): StatusReason {
    return this.status.reason ?? ''
  }
  /** The error that a server's Status answer means. */
  static from(status: Status): ApiError {
    const error = new ApiError(
      status.code ?? 500,
      status.reason ?? '',
      status.message ?? 'unknown error',
      status.details,
    )
    Object.assign(error.status, status)
    return error
  }
}

/** Whether an error is the API's, for this reason. */
export function isReason(error: unknown, reason: StatusReason): error is ApiError {
  return error instanceof ApiError && error.reason === reason
}

/** What a read gives; undefined when there is no such object. Other errors pass. */
export async function ifFound<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined
    throw error
  }
}

/** What an error is about: the group and the word (plural resource, or kind for Invalid) that messages use. */
export interface Subject {
  group: string
  plural: string
}

const details = (s: Subject, name: string): StatusDetails => ({
  ...(name && { name }),
  ...(s.group && { group: s.group }),
  kind: s.plural,
})

/** 404: there is no such object. */
export const notFound = (s: Subject, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${qualified(s, s.plural)} "${name}" not found`, details(s, name))

/** 409: the name is taken. */
export const alreadyExists = (s: Subject, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${qualified(s, s.plural)} "${name}" already exists`, details(s, name))

/** 409: the object is not as the writer believes. */
export const conflict = (s: Subject, name: string, why: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(s, s.plural)} "${name}": ${why}`,
    details(s, name),
  )

/** What a compare-and-swap that lost answers; clients match this text. */
export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again'

/** 403: the user may not, or nobody may now. */
export const forbidden = (s: Subject, name: string, why: string): ApiError =>
  new ApiError(
    403,
    'Forbidden',
    `${qualified(s, s.plural)}${name ? ` "${name}"` : ''} is forbidden: ${why}`,
    details(s, name),
  )

/** 422: `kind` is the object's kind ("ImageStream"). Causes carry one entry per field error, for the first MAX_TOLD. */
export const invalid = (group: string, kind: string, name: string, errors: readonly FieldError[]): ApiError =>
  new ApiError(422, 'Invalid', `${qualified({ group }, kind)} "${name}" is invalid: ${describeAll(errors)}`, {
    ...(name && { name }),
    ...(group && { group }),
    kind,
    causes: errors.slice(0, MAX_TOLD).map((e) => ({ reason: e.type, message: e.message, field: e.field })),
  })

/** 400: the request makes no sense. */
export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message)

/** 401: nobody knows who asks. */
export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized')

/** 500: our fault, or that of something we depend on. */
export const internal = (message: string, cause?: unknown): ApiError =>
  new ApiError(
    500,
    'InternalError',
    `Internal error occurred: ${message}`,
    { causes: [{ message }] },
    cause === undefined ? undefined : { cause },
  )

/** 405: the resource does not have this verb. */
export const methodNotSupported = (s: Subject, action: string): ApiError =>
  new ApiError(405, 'MethodNotAllowed', `${action} is not supported on resources of kind "${qualified(s, s.plural)}"`, {
    ...(s.group && { group: s.group }),
    kind: s.plural,
  })

/** A path or verb that no resource answers. */
export const unknownPath = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})

/** 410 for a watch or a list from a revision that is compacted away; `message` says from where to start again. */
export const expired = (message: string): ApiError => new ApiError(410, 'Expired', message)

/** 500: it took too many attempts; the client may try again. */
export const serverTimeout = (s: Subject, operation: string, retryAfterSeconds: number): ApiError =>
  new ApiError(
    500,
    'ServerTimeout',
    `The ${operation} operation against ${qualified(s, s.plural)} could not be completed at this time, please try again.`,
    { ...(s.group && { group: s.group }), kind: s.plural, name: operation, retryAfterSeconds },
  )

/** The bare success that deletions of virtual objects answer. */
export const success = (): Status => ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' })
