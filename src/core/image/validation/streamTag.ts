import { deepEqual } from '../../machinery/json/equal.ts'
import * as errors from '../../machinery/fieldError.ts'
import type { FieldError } from '../../machinery/fieldError.ts'
import type { ObjectMeta } from '../../machinery/object.ts'
import { INSECURE_ANNOTATION, isSet } from '../annotations.ts'
import type { ImageStreamTag, ImageTag } from '../types.ts'
import { anyRegistry, type RegistryCheck, validateTag } from './tag.ts'

/** Errors of an image stream tag, but for its metadata. */
export function validateStreamTag(istag: ImageStreamTag, registry: RegistryCheck = anyRegistry): FieldError[] {
  const { tag, metadata } = istag
  if (!tag) return []
  const found = validateTag(tag, 'tag', insecurely(metadata, registry))
  if (tag.annotations && !deepEqual(tag.annotations, metadata.annotations ?? {})) {
    const why = 'tag annotations must not be provided or must be equal to the object meta annotations'
    found.push(errors.invalid('tag.annotations', '<map>', why))
  }
  return found
}

/** Errors of an update: beside the tag only annotations may differ. */
export function validateStreamTagUpdate(
  next: ImageStreamTag,
  old: ImageStreamTag,
  registry: RegistryCheck = anyRegistry,
): FieldError[] {
  const found = validateStreamTag(next, registry)
  if (!deepEqual({ ...comparable(next.metadata), annotations: 0 }, { ...comparable(old.metadata), annotations: 0 }))
    found.push(errors.invalid('metadata', '', 'may not update fields other than metadata.annotations'))
  return found
}

/** What of the metadata is the user's or names the object: bookkeeping of the server may differ. */
function comparable(meta: ObjectMeta): Partial<ObjectMeta> {
  const { name, namespace, uid, labels, annotations, ownerReferences, finalizers } = meta
  return {
    ...(name && { name }),
    ...(namespace && { namespace }),
    ...(uid && { uid }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(ownerReferences && { ownerReferences }),
    ...(finalizers && { finalizers }),
  }
}

/** Errors of a new image tag, but for its metadata. `tag` is the part of the name behind the colon. */
export function validateImageTag(itag: ImageTag, tag: string, registry: RegistryCheck = anyRegistry): FieldError[] {
  if (!itag.spec) return [errors.required('spec', 'spec is a required field during creation')]
  return validateImageTagSpec(itag, tag, registry)
}

/** Errors of an update: metadata and status must be as they were. */
export function validateImageTagUpdate(
  next: ImageTag,
  old: ImageTag,
  tag: string,
  registry: RegistryCheck = anyRegistry,
): FieldError[] {
  const found = validateImageTagSpec(next, tag, registry)
  if (!deepEqual(comparable(next.metadata), comparable(old.metadata)))
    found.push(errors.invalid('metadata', '', 'may not update fields other than spec'))
  if (!deepEqual(next.status, old.status))
    found.push(errors.invalid('status', '', 'may not update fields other than spec'))
  return found
}

function validateImageTagSpec(itag: ImageTag, tag: string, registry: RegistryCheck): FieldError[] {
  const { spec } = itag
  if (!spec) return []
  const name = spec.name === tag ? [] : [errors.invalid('spec.name', spec.name, 'must match image tag name')]
  return [...name, ...validateTag(spec, 'spec', insecurely(itag.metadata, registry))]
}

/** The check of a tag whose object may say that its registries are insecure. */
function insecurely({ annotations }: ObjectMeta, registry: RegistryCheck): RegistryCheck {
  const insecure = isSet(annotations, INSECURE_ANNOTATION)
  return (reference, tagInsecure) => registry(reference, insecure || tagInsecure)
}
