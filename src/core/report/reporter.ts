// Who knows what is tracked: the scheduler of the server that leads.
import type { RegistryReport } from '../registries/report.ts'
import type { Import } from './types.ts'

/** Where a list goes on: behind this tag of this stream (`namespace/name`). */
export interface Place {
  stream: string
  tag: string
}

/** Looks into a schedule as it is at the moment. Objects are made when they are asked for. */
export interface ImportReporter {
  /** Undefined: the tag asks for no schedule, or is done with. */
  get(namespace: string, stream: string, tag: string): Import | undefined
  /** In the order of streams and tags. `namespace` '': of all. */
  list(namespace: string, behind?: Place): Iterable<Import>
}

/** Knows how registries are asked, by registry, then credential. */
export interface RegistryReporter {
  report(): RegistryReport[]
  /** Looks what other servers have used of what all of them share; never rejects. */
  refresh(): Promise<void>
}
