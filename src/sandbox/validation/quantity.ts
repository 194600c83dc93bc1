// Amounts of resources: requests must be well formed and not exceed limits.
import { invalid, type FieldError } from '../../core/machinery/fieldError.ts'
import type { ResourceRequirements } from '../types/container.ts'

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
} // prettier-ignore
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/

/** The value of "500m" or "1Gi", to the precision of a double; undefined when it is none. */
export function parseQuantity(text: string): number | undefined {
  const match = QUANTITY.exec(text)
  if (!match) return undefined
  return Number(`${match[1]}${match[2] ?? ''}`) * SUFFIXES[match[3] ?? '']!
}

/** Requests and limits of one container. */
export function validateResources(resources: ResourceRequirements, field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const kind of ['limits', 'requests'] as const) {
    for (const [name, text] of Object.entries(resources[kind] ?? {})) {
      if ((parseQuantity(text) ?? 0) < 0) {
        errors.push(invalid(`${field}.${kind}[${name}]`, text, 'must be greater than or equal to 0'))
      }
    }
  }
  for (const [name, request] of Object.entries(resources.requests ?? {})) {
    const limit = resources.limits?.[name]
    if (limit === undefined) continue
    if ((parseQuantity(request) ?? 0) > (parseQuantity(limit) ?? 0)) {
      errors.push(invalid(`${field}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`))
    }
  }
  return errors
}
