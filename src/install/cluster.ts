import type { ObjectClient } from '../core/machinery/client.ts'

/** A cluster, as installations see it. */
export interface Cluster {
  client: ObjectClient
  /** GETs a path that is none of a resource; JSON. Errors: as the client's. */
  raw: (path: string) => Promise<unknown>
}
