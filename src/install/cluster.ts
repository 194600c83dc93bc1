import type { ObjectClient } from '../core/machinery/client.ts'
import { unlessAborted } from '../kube/backoff.ts'
import { endingWith } from '../kube/endingWith.ts'

/** A cluster, as installations see it. */
export interface Cluster {
  client: ObjectClient
  /** GETs a path that is none of a resource; JSON. Errors: as the client's. */
  raw: (path: string) => Promise<unknown>
}

/** The same, until the signal aborts: then every request rejects with its reason. */
export const clusterUntil = ({ client, raw }: Cluster, signal: AbortSignal): Cluster => ({
  client: endingWith(client, signal),
  raw: (path) => unlessAborted(raw(path), signal),
})
