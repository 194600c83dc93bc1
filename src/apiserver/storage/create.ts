import { randomInt } from 'node:crypto'
import { clone } from '../../core/machinery/json/clone.ts'
import { validateMetadata } from '../../core/machinery/meta/metadata.ts'
import { formatTime, type KubeObject, type ObjectMeta } from '../../core/machinery/object.ts'
import type { Context } from '../../core/machinery/resource.ts'
import { alreadyExists, badRequest, invalid } from '../../core/machinery/status.ts'
import type { Entry } from '../../store/store.ts'
import { type Definition, keyFor, metadataRules, present, written } from './definition.ts'
import { reserve } from './reserve.ts'

// No vowels, no digits that look like letters: nobody's name becomes a word. The same alphabet as Kubernetes'.
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5
const MAX_GENERATED_LENGTH = 63

/** A name for `generateName`: the prefix, cut so that five random characters fit. */
function generateName(prefix: string): string {
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return prefix.slice(0, MAX_GENERATED_LENGTH - SUFFIX_LENGTH) + suffix
}

/** Fills what the server owns in a new object's metadata, and clears what a client may not set. */
function fillMetadata(meta: ObjectMeta, context: Context, namespaced: boolean): void {
  if (namespaced) meta.namespace = context.namespace
  else delete meta.namespace
  delete meta.deletionTimestamp
  delete meta.deletionGracePeriodSeconds
  delete meta.generation
  delete meta.selfLink
  meta.uid = context.uid()
  meta.creationTimestamp = formatTime(context.now())
  if (!meta.name && meta.generateName) meta.name = generateName(meta.generateName)
}

/** Creates `object` (decoded, private to this call). Answers what is stored. Errors: BadRequest, Invalid, AlreadyExists. */
export async function create<T extends KubeObject>(d: Definition<T>, context: Context, object: T): Promise<T> {
  if (object.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created')
  delete object.kind
  delete object.apiVersion
  fillMetadata(object.metadata, context, d.namespaced)
  await d.rules.prepareForCreate?.(object, context)
  const { rules } = d
  const errors = [
    ...validateMetadata(object.metadata, metadataRules(d)),
    ...((await rules.validate?.(object, undefined, context)) ?? []),
  ]
  const name = object.metadata.name ?? ''
  if (errors.length > 0) throw invalid(d.group, d.kind, name, errors)
  const key = keyFor(d, context.namespace, name)
  const giveBack = await reserve(d, context, name, context.dryRun)
  if (context.dryRun) {
    if (await d.store.get(key)) throw alreadyExists(d.subject, name)
    return rules.decorate ? rules.decorate(clone(object)) : object
  }
  let entry: Entry | undefined
  try {
    entry = await written(d.store.create(key, object))
  } finally {
    if (!entry) await giveBack()
  }
  if (!entry) throw alreadyExists(d.subject, name)
  return present(d, entry)
}
