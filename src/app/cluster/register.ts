// Making a cluster know its image streams, and forget them again.
import { setTimeout as delay } from 'node:timers/promises'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { apply, remove } from './apply.ts'
import { API_SERVICE } from './external.ts'
import { STORED_KINDS, storageDefinitions } from './storedKinds.ts'
import { StartupError } from '../startup.ts'

/** Milliseconds until a cluster that has been told of something is expected to know it, and between two looks. */
const PATIENCE = 60_000
const INTERVAL = 200

/** Defines the kinds that the store keeps, and waits until the cluster serves them. */
export async function installDefinitions(client: ObjectClient): Promise<void> {
  for (const definition of storageDefinitions()) await apply(client, definition)
  for (const { stored } of STORED_KINDS)
    await until(`the cluster does not serve ${stored.plural}.${stored.group}`, () =>
      client.list({ resource: stored }, { limit: 1 }).then(() => true),
    )
}

/** Applies the objects and waits until the cluster reaches the server behind them. Error: StartupError. */
export async function register(client: ObjectClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) await apply(client, object)
  await until('the cluster does not reach this server', () => isAvailable(client))
}

/** Takes back what sends requests here; the namespace stays. */
export async function deregister(client: ObjectClient, objects: readonly KubeObject[], log: Log): Promise<void> {
  for (const object of objects.toReversed()) {
    if (object.kind === 'Namespace') continue
    await remove(client, object).catch((error: unknown) =>
      log.error({ err: error, kind: object.kind }, 'the registration could not be taken back: see millrace uninstall'),
    )
  }
}

interface ApiService extends KubeObject {
  status?: { conditions?: { type: string; status: string; message?: string }[] }
}

async function isAvailable(client: ObjectClient): Promise<boolean> {
  const resource = { group: 'apiregistration.k8s.io', version: 'v1', plural: 'apiservices' }
  const { status } = await client.get<ApiService>({ resource, name: API_SERVICE })
  const condition = status?.conditions?.find(({ type }) => type === 'Available')
  if (condition?.status === 'True') return true
  throw new Error(condition?.message ?? 'it has not been tried yet')
}

/** Tries until it succeeds. Error: StartupError that says what, and why last. */
async function until(what: string, attempt: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (performance.now() > deadline) throw new StartupError(`${what}: ${why}`, { cause: error })
    }
    await delay(INTERVAL)
  }
}
