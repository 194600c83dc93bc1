import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../types/event.ts'
import { isOld } from './eventSweep.ts'

const NOW = new Date('2026-01-01T12:00:00Z')
const event = (created: string, more: Partial<Event> = {}) =>
  ({ metadata: { name: 'e', creationTimestamp: `2026-01-01T${created}:00Z` }, ...more }) as Event

const cases: [what: string, event: Event, old: boolean][] = [
  ['of an hour ago', event('11:00'), true],
  ['of a moment less', event('11:01'), false],
  ['that happened again', event('09:00', { lastTimestamp: '2026-01-01T11:30:00Z' }), false],
  ['that happened again, long ago', event('09:00', { lastTimestamp: '2026-01-01T10:00:00Z' }), true],
  ['with a time of its own', event('09:00', { eventTime: '2026-01-01T11:30:00.000000Z' }), false],
  ['of tomorrow', event('10:00', { lastTimestamp: '2999-01-01T00:00:00Z' }), true],
  ['of tomorrow, written just now', event('11:59', { lastTimestamp: '2999-01-01T00:00:00Z' }), false],
  ['of last year, written just now', event('11:59', { lastTimestamp: '0001-01-01T00:00:00Z' }), false],
  ['that nobody dated', { metadata: { name: 'e' } } as Event, true],
]
for (const [what, given, old] of cases)
  test(`an event ${what} is ${old ? 'swept' : 'kept'}`, () => assert.equal(isOld(given, NOW), old))
