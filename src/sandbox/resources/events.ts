// Events: one set of objects under two names, events of the core group and of events.k8s.io.
import type { Resource } from '../../core/machinery/resource.ts'
import type { StoredFactory } from '../../core/machinery/stored.ts'
import { adapt } from '../columns/cell.ts'
import { eventColumns } from '../columns/data.ts'
import { fromNewEvent, toNewEvent } from '../newEvent.ts'
import { Event, NewEvent } from '../types/event.ts'
import { convert } from './convert.ts'
import { declare, VERBS } from './declare.ts'

const FIELDS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const

const object = (prefix: string) =>
  Object.fromEntries(FIELDS.map((field) => [`${prefix}.${field}`, (event: Event) => event.involvedObject[field] ?? '']))

/** events, of both groups. */
export function eventResources(stored: StoredFactory): Resource[] {
  const component = (event: Event): string => event.source.component || event.reportingComponent
  const core = declare<Event>(stored, {
    group: '',
    kind: 'Event',
    plural: 'events',
    shortNames: ['ev'],
    schema: Event,
    columns: eventColumns,
    rules: {
      fields: {
        ...object('involvedObject'),
        ...object('regarding'),
        reason: ({ reason }) => reason ?? '',
        reportingComponent: component,
        reportingController: component,
        source: component,
        type: ({ type }) => type ?? '',
      },
    },
  })
  const columns = eventColumns.map((column) => adapt(column, fromNewEvent))
  const modern: Resource<NewEvent> = {
    group: 'events.k8s.io',
    version: 'v1',
    kind: 'Event',
    plural: 'events',
    singular: 'event',
    shortNames: ['ev'],
    namespaced: true,
    verbs: VERBS,
    schema: NewEvent,
    columns,
    endpoint: convert(core.endpoint, toNewEvent, fromNewEvent),
    stored: true,
  }
  return [core, modern]
}
