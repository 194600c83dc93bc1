// Applying objects to a cluster, whole and under one name.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { ifFound, isReason } from '../core/machinery/status.ts'
import { MANAGER, type Manifest } from './manifest.ts'
import type { Ownership } from './ownership.ts'
import { targetOf } from './resources.ts'

/** Creates or changes an object to what it is here; fields that others have set stay. Errors: those of the API. */
export async function apply<T extends KubeObject>(
  client: ObjectClient,
  object: KubeObject & { spec?: unknown },
  options: { dryRun?: boolean } = {},
): Promise<T> {
  const target = targetOf(object)
  const write = () => client.patch<T>(target, 'apply', object, { fieldManager: MANAGER, force: true, ...options })
  if (object.kind !== 'Service' || options.dryRun) return write()
  return write().catch(async (error: unknown) => {
    if (!isReason(error, 'Invalid')) throw error
    // Ports are merged by number: one that somebody has changed is another one, beside ours and of the same name.
    const { ports } = object.spec as { ports: unknown }
    await client.patch(target, 'merge', { spec: { ports } }, { fieldManager: MANAGER })
    return write()
  })
}

/** Deletes an object; false when it was not there. */
export async function remove(client: ObjectClient, object: KubeObject): Promise<boolean> {
  return (await ifFound(client.delete(targetOf(object), { propagationPolicy: 'Background' }))) !== undefined
}

/** Deletes an object that is ours. `foreign`: somebody else's under the same name, which is left alone. */
export async function removeOurs(
  client: ObjectClient,
  object: Manifest,
  isOurs: Ownership,
): Promise<'removed' | 'missing' | 'foreign'> {
  const found = await ifFound(client.get(targetOf(object)))
  if (found === undefined) return 'missing'
  if (!isOurs(object, found)) return 'foreign'
  return (await remove(client, object)) ? 'removed' : 'missing'
}
