// Amounts of resources: requests must be well formed and not exceed limits.
import { invalid, type FieldError } from '../../core/machinery/fieldError.ts'
import { quantityValue } from '../../core/machinery/scalar/quantity.ts'
import type { ResourceRequirements } from '../types/container.ts'

/** The value of a quantity; decoding has refused everything that is none. */
const valueOf = (text: string): bigint => quantityValue(text) ?? 0n

/** Requests and limits of one container. */
export function validateResources(resources: ResourceRequirements, field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const kind of ['limits', 'requests'] as const) {
    for (const [name, text] of Object.entries(resources[kind] ?? {})) {
      if (valueOf(text) < 0n) {
        errors.push(invalid(`${field}.${kind}[${name}]`, text, 'must be greater than or equal to 0'))
      }
    }
  }
  for (const [name, request] of Object.entries(resources.requests ?? {})) {
    const limit = resources.limits?.[name]
    if (limit === undefined) continue
    if (valueOf(request) > valueOf(limit)) {
      errors.push(invalid(`${field}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`))
    }
  }
  return errors
}
