// The answer to an apply that would take fields from other managers.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
import { ApiError } from '../status.ts'
import { formatPath } from './element.ts'
import { pathsOf, type FieldSet } from './fieldSet.ts'
import type { Holding } from './managers.ts'

/** A manager that holds what another wants. */
export interface Conflict {
  holding: Holding
  /** The fields that both want. */
  fields: FieldSet
}

/** 409 with one cause a field. */
export function applyConflict(conflicts: readonly Conflict[]): ApiError {
  const found = conflicts
    .map(({ holding, fields }) => ({ who: describe(holding), paths: [...pathsOf(fields)].map(formatPath) }))
    .toSorted((a, b) => (a.who < b.who ? -1 : 1))
  const causes = found.flatMap(({ who, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field })),
  )
  const text =
    causes.length === 1
      ? `1 conflict: ${causes[0]!.message}: ${causes[0]!.field}`
      : `${causes.length} conflicts: ${found
          .map(({ who, paths }) => [`conflicts with ${who}:`, ...paths.map((path) => `- ${path}`)].join('\n'))
          .join('\n')}`
  return new ApiError(409, 'Conflict', `Apply failed with ${text}`, { causes })
}

function describe({ manager, operation, apiVersion, subresource }: Holding): string {
  const name = JSON.stringify(manager) + (subresource && ` with subresource ${JSON.stringify(subresource)}`)
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}
