// Field errors: Kubernetes' vocabulary for what is wrong in an object, and where.
// https://pkg.go.dev/k8s.io/apimachinery/pkg/util/validation/field

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'

/** One error: `field` is a path like `spec.tags[latest].from.name`; `message` is the text without the path. */
export interface FieldError {
  type: FieldErrorType
  field: string
  message: string
}

/** Renders a value as the messages quote it: strings in double quotes, objects as JSON. */
function quoteValue(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value)
}

/** A field that is missing. */
export const required = (field: string, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  message: detail ? `Required value: ${detail}` : 'Required value',
})

/** A field with a value that it may not have. */
export const invalid = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${quoteValue(value)}${detail ? `: ${detail}` : ''}`,
})

/** A field with a value that is none of those allowed. */
export const notSupported = (field: string, value: unknown, allowed: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${quoteValue(value)}: supported values: ${allowed.map(quoteValue).join(', ')}`,
})

/** A field that names what does not exist. */
export const notFound = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  message: `Not found: ${quoteValue(value)}`,
})

/** A value that has to be unique and is not. */
export const duplicate = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  message: `Duplicate value: ${quoteValue(value)}`,
})

/** A field that may not be set here. */
export const forbidden = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  message: `Forbidden${detail ? `: ${detail}` : ''}`,
})

/** A text or list beyond its limit. */
export const tooLong = (field: string, limit: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  message: `Too long: may not be more than ${limit} bytes`,
})

/** A field that could not be checked. */
export const internalError = (field: string, detail: string): FieldError => ({
  type: 'InternalError',
  field,
  message: `Internal error: ${detail}`,
})

/** "field: message", the form in which errors are joined into one text. */
export function describe(error: FieldError): string {
  return `${error.field}: ${error.message}`
}

/** Puts errors behind others. A call with all of them as arguments would fail on very many. */
export function append(errors: FieldError[], more: readonly FieldError[]): void {
  for (const error of more) errors.push(error)
}

/** Errors that an answer tells: a body of three megabytes can have hundreds of thousands. Who has found more may stop. */
export const MAX_TOLD = 100

/** Several errors as one text: a single one bare, more in brackets, separated by commas (Go's aggregate form). */
export function describeAll(errors: readonly FieldError[]): string {
  const texts = new Set(errors.slice(0, MAX_TOLD).map(describe))
  if (errors.length > MAX_TOLD) texts.add('and more')
  const [first = '', ...rest] = texts
  return rest.length === 0 ? first : `[${[...texts].join(', ')}]`
}
