import { clone } from '../../core/machinery/json/clone.ts'
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { validateMetadata } from '../../core/machinery/meta/metadata.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Context, Transform } from '../../core/machinery/resource.ts'
import { invalid, notFound } from '../../core/machinery/status.ts'
import type { Entry } from '../../store/store.ts'
import { create } from './create.ts'
import { type Definition, keyFor, metadataRules, modified, present, written } from './definition.ts'
import { swap } from './swap.ts'

/**
 * Runs `transform` on the current object and stores the result, again on a newer one when another writer was faster. It must not
 * update the same object itself. The result may carry a resourceVersion: then it must be the current one. Errors: NotFound, Conflict,
 * Invalid, BadRequest.
 */
export function update<T extends KubeObject>(
  d: Definition<T>,
  context: Context,
  name: string,
  transform: Transform<T>,
): Promise<{ object: T; created: boolean }> {
  const key = keyFor(d, context.namespace, name)
  return swap(d, context, name, async () => {
    const entry = await d.store.get(key)
    if (!entry) return createInstead(d, context, name, transform)
    const next = await transform(clone(entry.object) as T)
    const object = await replace(d, context, name, entry, next)
    return object && { object, created: false }
  })
}

async function createInstead<T extends KubeObject>(
  d: Definition<T>,
  context: Context,
  name: string,
  transform: Transform<T>,
): Promise<{ object: T; created: boolean }> {
  if (!d.rules.createOnUpdate) throw notFound(d.subject, name)
  const object = await transform({ metadata: { name } } as T)
  if (object.metadata.resourceVersion) throw notFound(d.subject, name)
  return { object: await create(d, context, object), created: true }
}

/** Stores `next` over `entry`; undefined when the entry is no longer current. */
async function replace<T extends KubeObject>(
  d: Definition<T>,
  context: Context,
  name: string,
  entry: Entry,
  next: T,
): Promise<T | undefined> {
  const old = entry.object as T
  checkVersion(d, name, old, next)
  restoreMetadata(next, old)
  await d.rules.prepareForUpdate?.(next, old, context)
  const errors = [
    ...validateMetadata(next.metadata, { ...metadataRules(d), old: old.metadata }),
    ...((await d.rules.validate?.(next, old, context)) ?? []),
  ]
  if (errors.length > 0) throw invalid(d.group, d.kind, name, errors)
  if (isReleased(next)) return release(d, context, entry, next)
  if (deepEqual(next, old)) return present(d, entry)
  if (context.dryRun) return d.rules.decorate ? d.rules.decorate(next) : next
  const stored = await written(d.store.update(entry.key, next, entry.revision))
  return stored && present(d, stored)
}

function checkVersion<T extends KubeObject>(d: Definition<T>, name: string, old: T, next: T): void {
  const given = next.metadata.resourceVersion
  if (!given && d.rules.unconditionalUpdate === false) {
    // The kind of this error is the resource's name, and the value 0 is bare: so does Kubernetes' generic store.
    const message = 'Invalid value: 0: must be specified for an update'
    throw invalid(d.subject.group, d.subject.plural, name, [
      { type: 'FieldValueInvalid', field: 'metadata.resourceVersion', message },
    ])
  }
  if (given && given !== old.metadata.resourceVersion) throw modified(d, name)
}

/** Puts back what no client can change; uid and creationTimestamp only where they were left out. */
function restoreMetadata<T extends KubeObject>(next: T, old: T): void {
  delete next.kind
  delete next.apiVersion
  const { metadata } = next
  delete metadata.selfLink
  metadata.resourceVersion = old.metadata.resourceVersion!
  metadata.uid ||= old.metadata.uid!
  if (old.metadata.creationTimestamp) metadata.creationTimestamp = old.metadata.creationTimestamp
  if (old.metadata.namespace) metadata.namespace ||= old.metadata.namespace
  for (const key of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'generateName'] as const) {
    if (old.metadata[key] === undefined) delete metadata[key]
    else (metadata as Record<string, unknown>)[key] = old.metadata[key]
  }
}

/** An object that waited for its finalizers, and has none left. */
function isReleased(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata
  return deletionTimestamp !== undefined && !deletionGracePeriodSeconds && !finalizers?.length
}

async function release<T extends KubeObject>(
  d: Definition<T>,
  context: Context,
  entry: Entry,
  next: T,
): Promise<T | undefined> {
  if (context.dryRun) return next
  const gone = await d.store.delete(entry.key, entry.revision)
  return gone && next
}
