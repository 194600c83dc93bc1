// Columns of `kubectl get imports`.
import { ageOf, humanDuration } from '../machinery/scalar/duration.ts'
import type { Column } from '../machinery/resource.ts'
import type { Import } from './types.ts'

/** What kubectl shows where there is nothing. */
export const NONE = '<none>'

const since = (time: string | undefined, now: Date): string => (time ? ageOf(time, now) : NONE)
/** A check that is due, or under way, is about to come. */
const until = (time: string | undefined, now: Date): string =>
  humanDuration(time ? Math.max(0, (Date.parse(time) - now.getTime()) / 1000) : 0)

export const importColumns: readonly Column<Import>[] = [
  { name: 'Name', type: 'string', format: 'name', cell: ({ metadata }) => metadata.name ?? '' },
  {
    name: 'Reference',
    type: 'string',
    description: 'The image that the tag follows.',
    cell: ({ spec }) => spec.reference,
  },
  {
    name: 'Policy',
    type: 'string',
    description: 'What chooses the image.',
    cell: ({ spec }) => spec.policy ?? NONE,
  },
  {
    name: 'Refresh',
    type: 'string',
    description: 'How old what is known of it may be.',
    cell: ({ spec }) => spec.refresh,
  },
  {
    name: 'Checked',
    type: 'string',
    description: 'How long ago the registry was asked last.',
    cell: ({ status }, now) => since(status.lastCheck, now),
  },
  {
    name: 'Next',
    type: 'string',
    description: 'Time until it is asked again.',
    cell: ({ status }, now) => (status.delay?.reason === 'Invalid' ? NONE : until(status.nextCheck, now)),
  },
  {
    name: 'Changed',
    type: 'string',
    description: 'How long ago the tag last moved.',
    cell: ({ status }, now) => since(status.lastChange, now),
  },
  {
    name: 'Error',
    type: 'string',
    description: 'Why it cannot be imported.',
    cell: ({ status }) => status.lastError?.reason ?? NONE,
  },
  {
    name: 'Delay',
    type: 'string',
    description: 'Why it is not checked when it would be due.',
    cell: ({ status }) => status.delay?.reason ?? NONE,
  },
  {
    name: 'Failing',
    type: 'string',
    priority: 1,
    description: 'How long it has been failing.',
    cell: ({ status }, now) => since(status.lastError?.since, now),
  },
  {
    name: 'Message',
    type: 'string',
    priority: 1,
    description: 'The error, or the delay, for people.',
    cell: ({ status }) => status.lastError?.message ?? status.delay?.message ?? NONE,
  },
]
