import { dirname } from 'node:path'
import { StoreFailure } from '../failure.ts'

// Primary result codes: the low byte of errcode. https://www.sqlite.org/rescode.html
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const PERM = 3
const NOTADB = 26

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff
}

/** The error as a StoreFailure that says what to do; errors that are not SQLite's are returned as they are. */
export function explain(error: unknown, file: string): unknown {
  const options = { cause: error }
  switch (resultCode(error)) {
    case BUSY:
    case LOCKED:
      return new StoreFailure('in-use', `another millrace uses this data directory: ${dirname(file)}`, options)
    case CORRUPT:
    case NOTADB:
      return damaged(file, error)
    case READONLY:
    case CANTOPEN:
    case PERM:
      return new StoreFailure('unwritable', `cannot write ${file}: check owner and permissions`, options)
    case FULL:
      return new StoreFailure('full', `no space left for ${file}: free some and try again`, options)
    case IOERR:
      return new StoreFailure('io', `the disk fails to read or write ${file}`, options)
    default:
      return error
  }
}

/** The failure of a file that is no database of ours, or a broken one. */
export function damaged(file: string, cause: unknown): StoreFailure {
  return new StoreFailure('damaged', `${file} is damaged: restore it from a backup, or move it away to start empty`, {
    cause,
  })
}
