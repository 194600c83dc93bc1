import * as errors from '../../machinery/fieldError.ts'
import type { FieldError } from '../../machinery/fieldError.ts'
import type { Reference } from '../../oci/reference.ts'
import { INSECURE_ANNOTATION, isSet } from '../annotations.ts'
import type { ImageStream } from '../types.ts'
import { streamPathProblem } from './name.ts'
import { checkReference, requireReference } from './reference.ts'
import { anyRegistry, type RegistryCheck, validateTag } from './tag.ts'

/** Errors of a stream as a whole. */
export function validateStream(stream: ImageStream, registry: RegistryCheck = anyRegistry): FieldError[] {
  const { namespace = '', name = '', annotations } = stream.metadata
  const insecure = isSet(annotations, INSECURE_ANNOTATION)
  const found: FieldError[] = []
  const tooLong = streamPathProblem(namespace, name)
  if (tooLong) found.push(errors.invalid('metadata.name', name, tooLong))
  errors.append(found, validateRepository(stream.spec.dockerImageRepository ?? '', insecure, registry))
  for (const tag of stream.spec.tags ?? [])
    errors.append(
      found,
      validateTag(tag, `spec.tags[${tag.name}]`, (r, tagInsecure) => registry(r, insecure || tagInsecure)),
    )
  errors.append(
    found,
    validateEvents(
      stream,
      () => true,
      (r) => registry(r, insecure),
    ),
  )
  return found
}

function validateRepository(spec: string, insecure: boolean, registry: RegistryCheck): FieldError[] {
  const field = 'spec.dockerImageRepository'
  if (!spec) return []
  return checkReference(field, spec, (reference) => {
    const found: FieldError[] = []
    if (reference.tag) found.push(errors.invalid(field, spec, 'the repository name may not contain a tag'))
    if (reference.id) found.push(errors.invalid(field, spec, 'the repository name may not contain an ID'))
    const problem = registry(reference, insecure)
    if (problem) found.push(errors.forbidden(field, problem))
    return found
  })
}

/** Errors of a write to the status: only pull specs that the old status does not know are looked at. */
export function validateStreamStatus(
  next: ImageStream,
  old: ImageStream,
  registry: RegistryCheck = anyRegistry,
): FieldError[] {
  const known = new Set((old.status.tags ?? []).flatMap((tag) => (tag.items ?? []).map((e) => e.dockerImageReference)))
  const insecure = isSet(next.metadata.annotations, INSECURE_ANNOTATION)
  return validateEvents(
    next,
    (spec) => !known.has(spec),
    (r) => registry(r, insecure),
  )
}

function validateEvents(
  stream: ImageStream,
  concerned: (spec: string) => boolean,
  registry: (reference: Reference) => string | undefined,
): FieldError[] {
  return (stream.status.tags ?? []).flatMap(({ tag, items }) =>
    (items ?? []).flatMap(({ dockerImageReference: spec }, i) => {
      if (!concerned(spec)) return []
      const field = `status.tags[${tag}].items[${i}].dockerImageReference`
      return requireReference(field, spec, (reference) => {
        const problem = registry(reference)
        return problem ? [errors.forbidden(field, problem)] : []
      })
    }),
  )
}
