// Columns of `kubectl get registries.millrace.dev`.
import type { Column } from '../machinery/resource.ts'
import { NONE } from './columns.ts'
import type { Registry } from './registry.ts'

export const registryColumns: readonly Column<Registry>[] = [
  { name: 'Name', type: 'string', format: 'name', cell: ({ metadata }) => metadata.name ?? '' },
  { name: 'Registry', type: 'string', description: 'Where it is connected to.', cell: ({ spec }) => spec.registry },
  {
    name: 'Credential',
    type: 'string',
    description: 'A hash of the user that it is asked as, or anonymous.',
    cell: ({ spec }) => spec.credential,
  },
  {
    name: 'Requests/h',
    type: 'integer',
    description: 'Requests of the last hour, of the server that leads.',
    cell: ({ status }) => status.requests,
  },
  {
    name: 'Avoided/h',
    type: 'integer',
    description: 'Pulls that checks have made unnecessary in the last hour.',
    cell: ({ status }) => status.pullsAvoided,
  },
  {
    name: 'Left',
    type: 'string',
    description: 'Requests that are left of how many; of several limits, that of which the least is left.',
    cell: ({ status }) => leftOf(status),
  },
  {
    name: 'Delayed',
    type: 'integer',
    description: 'References that wait.',
    cell: ({ status }) => (status.delayed ?? []).reduce((sum, { count }) => sum + count, 0),
  },
  {
    name: 'Reason',
    type: 'string',
    description: 'Why they wait.',
    cell: ({ status }) => status.delayed?.[0]?.reason ?? NONE,
  },
  {
    name: 'Message',
    type: 'string',
    priority: 1,
    description: 'The same, for people.',
    cell: ({ status }) => status.delayed?.[0]?.message ?? NONE,
  },
]

function leftOf({ limits = [] }: Registry['status']): string {
  const [least] = limits.toSorted((a, b) => a.remaining / a.limit - b.remaining / b.limit)
  return least ? `${least.remaining}/${least.limit} in ${least.window}` : NONE
}
