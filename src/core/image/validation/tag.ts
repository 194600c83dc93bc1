import * as errors from '../../machinery/fieldError.ts'
import type { FieldError } from '../../machinery/fieldError.ts'
import type { Reference } from '../../oci/reference.ts'
import type { TagImportPolicy, TagReference } from '../types.ts'
import { checkReference } from './reference.ts'

/** Says whether a registry may be used: undefined when it may. The second argument: the tag accepts insecure transport. */
export type RegistryCheck = (reference: Reference, insecure: boolean) => string | undefined

/** No registry is refused. */
export const anyRegistry: RegistryCheck = () => undefined

/** Errors of a spec tag. `path` is `spec.tags[latest]`, `tag` or `spec`. */
export function validateTag(tag: TagReference, path: string, registry: RegistryCheck = anyRegistry): FieldError[] {
  const found: FieldError[] = []
  if (tag.from) errors.append(found, validateFrom(tag, path, registry))
  const { type } = tag.referencePolicy
  if (type !== 'Source' && type !== 'Local')
    found.push(errors.invalid(`${path}.referencePolicy.type`, type, 'valid values are "Source", "Local"'))
  errors.append(found, validateImportMode(tag.importPolicy, `${path}.importPolicy`))
  return found
}

function validateFrom(tag: TagReference, path: string, registry: RegistryCheck): FieldError[] {
  const { kind = '', name = '' } = tag.from ?? {}
  const found: FieldError[] = []
  const field = `${path}.from.name`
  if (!name) found.push(errors.required(field))
  if (kind === 'DockerImage') {
    const check = (reference: Reference): FieldError[] => {
      const problem = registry(reference, tag.importPolicy.insecure ?? false)
      return problem ? [errors.forbidden(field, problem)] : []
    }
    if (name) errors.append(found, checkReference(field, name, check))
  } else if (kind === 'ImageStreamTag' || kind === 'ImageStreamImage') {
    const why = 'only tags pointing to Docker repositories may be scheduled for background import'
    if (tag.importPolicy.scheduled) found.push(errors.invalid(`${path}.importPolicy.scheduled`, true, why))
  } else {
    found.push(
      errors.required(`${path}.from.kind`, "valid values are 'DockerImage', 'ImageStreamImage', 'ImageStreamTag'"),
    )
  }
  return found
}

/** Errors of an import mode; empty is one. */
export function validateImportMode(policy: TagImportPolicy, path: string): FieldError[] {
  const { importMode = '' } = policy
  if (['', 'Legacy', 'PreserveOriginal'].includes(importMode)) return []
  const why = "invalid import mode, valid modes are '', 'Legacy', 'PreserveOriginal'"
  return [errors.invalid(`${path}.importMode`, importMode, why)]
}
