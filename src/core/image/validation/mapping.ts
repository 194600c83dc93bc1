import * as errors from '../../machinery/fieldError.ts'
import type { FieldError } from '../../machinery/fieldError.ts'
import type { ImageStreamMapping } from '../types.ts'
import { validateImage } from './image.ts'
import { pathSegmentProblems } from './name.ts'

/** Errors of a mapping, but for its metadata. */
export function validateMapping(mapping: ImageStreamMapping): FieldError[] {
  const { image, tag } = mapping
  return [
    ...(tag ? [] : [errors.required('tag')]),
    ...validateImageName(image.metadata.name ?? ''),
    ...validateImage(image, 'image.'),
  ]
}

function validateImageName(name: string): FieldError[] {
  const field = 'image.metadata.name'
  if (!name) return [errors.required(field, 'name or generateName is required')]
  return pathSegmentProblems(name).map((problem) => errors.invalid(field, name, problem))
}
