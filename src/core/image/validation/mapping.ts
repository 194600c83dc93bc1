import * as errors from '../../machinery/fielderror.ts'
import type { FieldError } from '../../machinery/fielderror.ts'
import type { ImageStreamMapping } from '../types.ts'
import { validateImage } from './image.ts'
import { validateSegmentName } from './streamTag.ts'

/** Errors of a mapping. */
export function validateMapping(mapping: ImageStreamMapping): FieldError[] {
  const { image, tag, metadata } = mapping
  return [
    ...validateSegmentName(metadata.name ?? ''),
    ...(tag ? [] : [errors.required('tag')]),
    ...validateSegmentName(image.metadata.name ?? '').map((error) => ({ ...error, field: `image.${error.field}` })),
    ...validateImage(image, 'image.'),
  ]
}
