import type { KubeObject } from '../../core/machinery/object.ts'
import type { Context, GiveBack } from '../../core/machinery/resource.ts'
import { alreadyExists, isReason } from '../../core/machinery/status.ts'
import { type Definition, keyFor } from './definition.ts'

/** Room for a new object, or whatever admission has against it. Errors: AlreadyExists, those of admission. */
export async function reserve<T extends KubeObject>(
  d: Definition<T>,
  context: Context,
  name: string,
  dryRun: boolean,
): Promise<GiveBack> {
  const { group, plural } = d
  const namespace = d.namespaced ? context.namespace : ''
  try {
    return await context.reserve({ group, plural, namespace, name, dryRun })
  } catch (error) {
    // It needs no room, it is there: that is what the user has to know. A write that goes on with what another one has
    // just made depends on it.
    if (await d.store.get(keyFor(d, namespace, name))) throw alreadyExists(d.subject, name)
    throw error
  }
}

/** Rejects when there would be no room for an object of this name; one that is there needs none. */
export async function checkRoom<T extends KubeObject>(d: Definition<T>, context: Context, name: string): Promise<void> {
  try {
    await reserve(d, context, name, true)
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error
  }
}
