// A store that forgets everything at the end of the process: for tests, and for trying things out.
import { LoggedStore, type StoreOptions } from './loggedStore.ts'
import { MemoryLog } from './memoryLog.ts'

/** A store that ends with the process. */
export function openMemory(options: StoreOptions = {}): LoggedStore {
  return new LoggedStore(new MemoryLog(), options)
}
