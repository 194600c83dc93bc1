// The kinds that hold our state: defined before anything reads or writes them.
import type { ObjectClient } from '../core/machinery/client.ts'
import { isReason } from '../core/machinery/status.ts'
import { apply } from './apply.ts'
import { refusal } from './failure.ts'
import { findState } from './preflight/state.ts'
import { STORED_KINDS, storageDefinitions } from './storedKinds.ts'
import { until } from './wait.ts'

/** Defines the kinds that the store keeps, and waits until the cluster serves them. Errors: those of the API, InstallError, the signal's. */
export async function installDefinitions(client: ObjectClient, signal: AbortSignal): Promise<void> {
  for (const definition of storageDefinitions()) await apply(client, definition)
  await definitionsServed(client, signal)
}

/**
 * Waits until the cluster serves the kinds. Who installs need not be allowed to read what is in them: to them the cluster does not tell
 * whether it serves it, and the server finds out. Errors: InstallError, the signal's.
 */
export async function definitionsServed(client: ObjectClient, signal?: AbortSignal): Promise<void> {
  for (const { stored } of STORED_KINDS) {
    const look = () => client.list({ resource: stored }, { limit: 1 }).catch(unlessForbidden)
    await until(`the cluster does not serve ${stored.plural}.${stored.group}`, look, { signal })
  }
}

/** For a server that finds what was installed. Error: InstallError when that is not there, or of a newer version. */
export async function checkDefinitions(client: ObjectClient): Promise<void> {
  const { missing, obstacles } = await findState({ client })
  const absent = missing.map((name) => `there is no CustomResourceDefinition ${name}: run "millrace install" first`)
  if (absent.length + obstacles.length > 0)
    throw refusal('this cluster cannot keep image streams', [...absent, ...obstacles])
}

function unlessForbidden(error: unknown): void {
  if (!isReason(error, 'Forbidden')) throw error
}
