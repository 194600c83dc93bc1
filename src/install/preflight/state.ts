// Whether the state in the cluster can be read by this version.
import type { KubeObject } from '../../core/machinery/object.ts'
import { ifFound } from '../../core/machinery/status.ts'
import type { Cluster } from '../cluster.ts'
import { RESOURCES } from '../resources.ts'
import { definitionName, STATE_VERSION, STATE_VERSION_ANNOTATION, STORED_KINDS } from '../storedKinds.ts'

/** What the definitions in the cluster say. */
export interface StateFound {
  /** Names of definitions that are not there. */
  missing: string[]
  /** What is in the way, if anything. */
  obstacles: string[]
}

/** Reads the definitions. Errors: those of the API. */
export async function findState({ client }: Pick<Cluster, 'client'>): Promise<StateFound> {
  const missing: string[] = []
  const obstacles: string[] = []
  for (const kind of STORED_KINDS) {
    const name = definitionName(kind)
    const found = await ifFound(client.get<KubeObject>({ resource: RESOURCES.CustomResourceDefinition, name }))
    if (!found) missing.push(name)
    else if (found.metadata.deletionTimestamp !== undefined)
      obstacles.push(`${name} is being deleted, and all streams with it: wait until it is gone`)
    else if (!isVersion(versionOf(found)))
      obstacles.push(
        `it cannot be told who has kept the streams in this cluster: ${name} has ${STATE_VERSION_ANNOTATION} "${versionOf(found)}", which is no version: put back the number that was there (this version writes ${STATE_VERSION})`,
      )
    else if (Number(versionOf(found)) > STATE_VERSION)
      obstacles.push(
        `the streams in this cluster were kept by a newer Millrace (${name} has ${STATE_VERSION_ANNOTATION} ${versionOf(found)}, and this version knows ${STATE_VERSION}): use that version`,
      )
  }
  return { missing, obstacles }
}

/** 0: from before versions were counted, or nobody's. */
const versionOf = ({ metadata }: KubeObject): string => metadata.annotations?.[STATE_VERSION_ANNOTATION] ?? '0'

/** Somebody may have written something else there: what is not understood is not overwritten. */
const isVersion = (text: string): boolean => /^\d{1,9}$/.test(text)
