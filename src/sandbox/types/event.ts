// Events, in the core group's words and in those of events.k8s.io, and leases.
import {
  field,
  int32,
  microTime,
  nullable,
  object,
  opt,
  pointer,
  str,
  time,
  type Static,
} from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'
import { CORE, ObjectReference } from './reference.ts'

const EVENTS = 'io.k8s.api.events.v1'
const meta = {
  ...typeMeta,
  metadata: field(objectMeta, 'Name, labels and the like.', { mandatory: true }),
}

const EventSource = object(`${CORE}.EventSource`, 'Who reports.', {
  component: opt(str('The program.')),
  host: opt(str('The node.')),
})

const CoreEventSeries = object(`${CORE}.EventSeries`, 'A series of equal events.', {
  count: opt(int32('How many.')),
  lastObservedTime: opt(nullable(microTime('The last one.'))),
})

/** An event of the core group. */
export const Event = object(`${CORE}.Event`, 'Something that happened to an object.', {
  ...meta,
  involvedObject: field(ObjectReference, 'The object.', { mandatory: true }),
  reason: opt(str('What happened, in one word.')),
  message: opt(str('What happened, in words.')),
  source: field(EventSource, 'Who reports.'),
  firstTimestamp: nullable(time('The first time.')),
  lastTimestamp: nullable(time('The last time.')),
  count: opt(int32('How often.')),
  type: opt(str('Normal or Warning.')),
  eventTime: nullable(microTime('When.')),
  series: pointer(CoreEventSeries),
  action: opt(str('What was done.')),
  related: pointer(ObjectReference),
  reportingComponent: str('The controller that reports.'),
  reportingInstance: str('The instance of that controller.'),
})
export type Event = Static<typeof Event>

const EventSeries = object(`${EVENTS}.EventSeries`, 'A series of equal events.', {
  count: int32('How many.', { mandatory: true }),
  lastObservedTime: nullable(microTime('The last one.', { mandatory: true })),
})

/** The same event in the words of events.k8s.io/v1. */
export const NewEvent = object(`${EVENTS}.Event`, 'Something that happened to an object.', {
  ...meta,
  eventTime: nullable(microTime('When.', { mandatory: true })),
  series: pointer(EventSeries),
  reportingController: opt(str('The controller that reports.')),
  reportingInstance: opt(str('The instance of that controller.')),
  action: opt(str('What was done.')),
  reason: opt(str('What happened, in one word.')),
  regarding: field(ObjectReference, 'The object.'),
  related: pointer(ObjectReference),
  note: opt(str('What happened, in words.')),
  type: opt(str('Normal or Warning.')),
  deprecatedSource: field(EventSource, 'Who reports, for the core group.'),
  deprecatedFirstTimestamp: nullable(time('The first time, for the core group.')),
  deprecatedLastTimestamp: nullable(time('The last time, for the core group.')),
  deprecatedCount: opt(int32('How often, for the core group.')),
})
export type NewEvent = Static<typeof NewEvent>

const LEASES = 'io.k8s.api.coordination.v1'

const LeaseSpec = object(`${LEASES}.LeaseSpec`, 'Who holds a lease.', {
  holderIdentity: pointer(str('The holder.')),
  leaseDurationSeconds: pointer(int32('Seconds that it is valid without renewal.')),
  acquireTime: pointer(microTime('When it was acquired.')),
  renewTime: pointer(microTime('When it was last renewed.')),
  leaseTransitions: pointer(int32('How often the holder changed.')),
  strategy: pointer(str('How the next holder is chosen.')),
  preferredHolder: pointer(str('Who should hold it.')),
})

/** A Lease: who of several may act. */
export const Lease = object(`${LEASES}.Lease`, 'Says who of several may act.', {
  ...typeMeta,
  metadata: field(objectMeta, 'Name, labels and the like.'),
  spec: field(LeaseSpec, 'Who holds it.'),
})
export type Lease = Static<typeof Lease>
