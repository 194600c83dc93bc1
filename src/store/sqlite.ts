// The store of standalone: one SQLite file, one process. docs/adr/0010-store.md says why, and what a power cut can cost.
import { LoggedStore, type StoreOptions } from './loggedStore.ts'
import { openDatabase } from './sqlite/database.ts'
import { SqliteLog } from './sqlite/log.ts'

/** Opens or makes the file; its directory must exist. Throws StoreFailure. */
export function openSqlite(file: string, options: StoreOptions = {}): LoggedStore {
  const database = openDatabase(file)
  try {
    return new LoggedStore(new SqliteLog(database, file), options)
  } catch (error) {
    database.close()
    throw error
  }
}
