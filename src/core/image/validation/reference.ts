import * as errors from '../../machinery/fieldError.ts'
import type { FieldError } from '../../machinery/fieldError.ts'
import { InvalidReference, parseReference, type Reference } from '../../oci/reference.ts'

/** Parses a pull spec of a field; `use` finds problems of what was parsed. */
export function checkReference(
  field: string,
  spec: string,
  use: (reference: Reference) => FieldError[] = () => [],
): FieldError[] {
  try {
    return use(parseReference(spec))
  } catch (error) {
    if (!(error instanceof InvalidReference)) throw error
    return [errors.invalid(field, spec, error.message)]
  }
}

/** As checkReference, but the field must not be empty. */
export function requireReference(
  field: string,
  spec: string | undefined,
  use?: (reference: Reference) => FieldError[],
): FieldError[] {
  return spec ? checkReference(field, spec, use) : [errors.required(field)]
}
