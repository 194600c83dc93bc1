import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { exponential, pause, unlessAborted } from './backoff.ts'
import { compareVersions } from './version.ts'

test('waits double up to the cap', () => {
  const backoff = exponential({ base: 100, cap: 1000, random: () => 0 })
  assert.deepEqual([1, 2, 3, 4, 5, 6, 1e9].map(backoff), [100, 200, 400, 800, 1000, 1000, 1000])
})

test('jitter lengthens by a quarter at most, and never beyond the cap', () => {
  const backoff = exponential({ base: 100, cap: 1000, random: () => 0.999 })
  assert.deepEqual([backoff(1), backoff(4)], [125, 1000])
})

test('a pause ends when its signal aborts', async () => {
  const stopper = new AbortController()
  const paused = pause(3_600_000, stopper.signal)
  stopper.abort()
  await paused
  await pause(3_600_000, stopper.signal)
})

test('work is given up when its signal aborts, and leaves nothing at one that lives on', async () => {
  const { signal } = new AbortController()
  assert.equal(await unlessAborted(Promise.resolve(1), signal), 1)
  await assert.rejects(unlessAborted(Promise.reject(new Error('no')), signal), /no/)
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  const never = new Promise<never>(() => undefined)
  await assert.rejects(unlessAborted(never, AbortSignal.abort(new Error('gone'))), /gone/)
  await assert.rejects(unlessAborted(never, AbortSignal.timeout(1)), /timeout/)
})

test('versions are compared as numbers; what is no number comes first', () => {
  assert.deepEqual(['10', '9', 'x', '100'].toSorted(compareVersions), ['x', '9', '10', '100'])
  assert.ok(compareVersions(undefined, '0') < 0)
  assert.equal(compareVersions('7', '7'), 0)
  assert.equal(compareVersions('x', 'y'), 0)
})
