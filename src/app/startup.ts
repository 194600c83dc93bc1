import { StoreFailure } from '../store/failure.ts'

/** What keeps a server from starting and the user can change; the message is one line that says what to do. */
export class StartupError extends Error {
  override name = 'StartupError'
}

/** The port cannot be had, or not at that address. Other errors are returned as they are. */
export function portFailure(error: unknown, host: string, port: number): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return failure(
        `port ${port}${host === '*' ? '' : ` on ${host}`} is taken: stop what listens there, or choose another with --port`,
        error,
      )
    case 'EACCES':
      return failure(`no permission to listen on port ${port}: choose one above 1023 with --port`, error)
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return failure(`${host} is no address that this machine can listen on: choose another with --host`, error)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failure(`the address of ${host} cannot be found: choose another with --host`, error)
    default:
      return error
  }
}

/** The data directory cannot be used. Other errors are returned as they are. */
export function dataFailure(error: unknown, directory: string): unknown {
  if (error instanceof StoreFailure) return failure(error.message, error)
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failure(`cannot write the data directory ${directory}: choose another with --data-dir`, error)
    case 'ENOENT':
      return failure(`the data directory ${directory} cannot be made: choose another with --data-dir`, error)
    case 'EEXIST':
    case 'ENOTDIR':
      return failure(`the data directory ${directory} is not a directory: choose another with --data-dir`, error)
    case 'ENOSPC':
    case 'EDQUOT':
      return failure(`no space left for the data directory ${directory}`, error)
    default:
      return error
  }
}

const failure = (message: string, cause: unknown): StartupError => new StartupError(message, { cause })

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
