// The error lists that registries send.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes

/** One error of a list; `code` is one of CODES. */
export interface WireError {
  code: string
  message: string
}

/** The codes with their standard messages, which say nothing that the code does not. */
const CODES: Readonly<Record<string, string>> = {
  UNKNOWN: 'unknown error',
  UNSUPPORTED: 'The operation is unsupported.',
  UNAUTHORIZED: 'authentication required',
  DENIED: 'requested access to the resource is denied',
  UNAVAILABLE: 'service unavailable',
  TOOMANYREQUESTS: 'too many requests',
  DIGEST_INVALID: 'provided digest did not match uploaded content',
  SIZE_INVALID: 'provided length did not match content length',
  NAME_INVALID: 'invalid repository name',
  TAG_INVALID: 'manifest tag did not match URI',
  NAME_UNKNOWN: 'repository name not known to registry',
  MANIFEST_UNKNOWN: 'manifest unknown',
  MANIFEST_INVALID: 'manifest invalid',
  MANIFEST_UNVERIFIED: 'manifest failed signature verification',
  MANIFEST_BLOB_UNKNOWN: 'blob unknown to registry',
  BLOB_UNKNOWN: 'blob unknown to registry',
  BLOB_UPLOAD_UNKNOWN: 'blob upload unknown to registry',
  BLOB_UPLOAD_INVALID: 'blob upload invalid',
}

/** Most errors of a list, and most characters of a message, that are repeated. */
const ERRORS_LIMIT = 10
const MESSAGE_LIMIT = 1000

/** The errors in a body, or undefined when it holds none. */
export function parseWireErrors(body: string): WireError[] | undefined {
  const list = field(tryParse(body), 'errors')
  if (!Array.isArray(list) || list.length === 0) return undefined
  return list.slice(0, ERRORS_LIMIT).map((item: unknown) => {
    const code = field(item, 'code')
    const message = field(item, 'message')
    const known = typeof code === 'string' && Object.hasOwn(CODES, code) ? code : 'UNKNOWN'
    return { code: known, message: typeof message === 'string' ? clean(message) : '' }
  })
}

/** What token servers send in place of an error list. */
export function parseDetails(body: string): string | undefined {
  const details = field(tryParse(body), 'details')
  return typeof details === 'string' && details !== '' ? clean(details) : undefined
}

/** "code in words: message"; only the code where the message is the standard one. */
export function wireErrorText(errors: readonly WireError[]): string {
  const texts = errors.map(({ code, message }) => {
    const words = code.toLowerCase().replaceAll('_', ' ')
    return message === '' || message === CODES[code] ? words : `${words}: ${message}`
  })
  return texts.length === 1 ? texts[0]! : `errors:\n${texts.join('\n')}\n`
}

function tryParse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined

/**
 * One line of bounded length without control characters, and without those that turn the direction of text, by which it would read as
 * something else (UTS #55): it ends in conditions, logs and terminals.
 */
function clean(text: string): string {
  return text.slice(0, MESSAGE_LIMIT).replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]+/gu, ' ')
}
