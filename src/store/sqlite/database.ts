// Opening the file: who owns it, what it is, which version it has.
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { FIRST_REVISION } from '../changeLog.ts'
import { StoreFailure } from '../failure.ts'
import { explain } from './failure.ts'

/** "mlrc" in the header marks the file as ours: `file` and we can tell it from someone else's database. */
const APPLICATION_ID = 0x6d6c7263
/** Version of the tables. A newer one is refused, an older one would be migrated here. */
const SCHEMA_VERSION = 1
/** Milliseconds to wait for a predecessor that is about to close. */
const LOCK_TIMEOUT = 500

/**
 * One row for every change (kine's idea). `previous` names the row that this one supersedes: unique, so that the file itself
 * refuses a second change of the same state. A deletion has no value: the state that it ended is in the previous row.
 */
const TABLES = `
  CREATE TABLE log (
    revision INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    previous INTEGER,
    deleted INTEGER NOT NULL,
    value TEXT
  );
  CREATE UNIQUE INDEX log_previous ON log (previous) WHERE previous IS NOT NULL;
  CREATE TABLE mark (name TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO mark VALUES ('oldest', ${FIRST_REVISION});
`

/** Opens or makes the file for this process alone. Throws StoreFailure. */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    makePrivate(file)
    database = new DatabaseSync(file, { timeout: LOCK_TIMEOUT })
    // Exclusive from the first access on: held until close, let go by the kernel when the process dies.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    database.exec('BEGIN IMMEDIATE')
    prepare(database, file)
    database.exec('COMMIT')
    return database
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'syscall' in error) {
      throw new StoreFailure('unwritable', `cannot write ${file}: check owner and permissions`, { cause: error })
    }
    throw explain(error, file)
  }
}

/** SQLite would make the file readable for everyone, and it holds secrets. Its companions inherit the mode. */
function makePrivate(file: string): void {
  try {
    // Never open an existing one: closing it would drop the locks that this process may hold on it (POSIX).
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function prepare(database: DatabaseSync, file: string): void {
  const id = pragma(database, 'application_id')
  const version = pragma(database, 'user_version')
  if (id === 0 && database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined) {
    database.exec(TABLES)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`)
  } else if (id !== APPLICATION_ID) {
    throw new StoreFailure('foreign', `${file} is a database of another program: move it away`)
  } else if (version > SCHEMA_VERSION) {
    throw new StoreFailure('newer', `${file} was written by a newer millrace: use that one`)
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}
