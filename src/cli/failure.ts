// What a failed command prints: one line that says what is wrong, in kubectl's words where kubectl has some.
import { ApiError } from '../core/machinery/status.ts'

/** A mistake of the user or a refusal; the message is all that is printed, after "error: ". */
export class CommandError extends Error {
  override name = 'CommandError'
}

/** Wrong arguments: the line ends with where the help of the command is. */
export class UsageError extends CommandError {
  override name = 'UsageError'
}

/** Several objects failed: one line each, without a prefix. */
export class Failures extends Error {
  override name = 'Failures'
  readonly lines: readonly string[]
  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.lines = lines
  }
}

/** The text for an error, without newline at the end. */
export function failureText(error: unknown): string {
  if (error instanceof ApiError) return apiErrorText(error)
  if (error instanceof Failures) return error.lines.join('\n')
  if (!(error instanceof Error)) return `error: ${String(error)}`
  // Texts about connections speak for themselves, as kubectl's do.
  return error.name === 'Unreachable' ? error.message : `error: ${error.message}`
}

function apiErrorText(error: ApiError): string {
  const { reason, message, status } = error
  if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`
  if (reason === 'Invalid' && status.details?.causes?.length) {
    const { kind = '', name = '', causes } = status.details
    const texts = causes.map((c) => `${c.field}: ${c.message}`)
    const head = `The ${kind} "${name}" is invalid: `
    return texts.length === 1 ? head + texts[0]! : head + texts.map((text) => `\n* ${text}`).join('')
  }
  return `Error from server${reason && ` (${reason})`}: ${message}`
}
