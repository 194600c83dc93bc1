import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject } from '../../core/machinery/object.ts'
import { Overlay } from './overlay.ts'

const object = (resourceVersion: string, uid = 'u'): KubeObject => ({
  metadata: { namespace: 'n', name: 'a', uid, resourceVersion },
})

function setup() {
  let time = 0
  let cached: KubeObject | undefined
  const overlay = new Overlay<KubeObject>(
    () => cached,
    () => time,
  )
  return {
    overlay,
    cache: (value: KubeObject | undefined) => (cached = value),
    wait: (ms: number) => (time += ms),
    now: () => overlay.current('n', 'a', cached),
  }
}

test('an own write is seen before the cache has it, and no longer once the cache is as new', () => {
  const { overlay, cache, now } = setup()
  overlay.put(object('5'))
  assert.equal(now()?.metadata.resourceVersion, '5')
  cache(object('6'))
  assert.equal(now()?.metadata.resourceVersion, '6')
  overlay.settle('updated', object('6'))
  assert.equal(overlay.size, 0)
})

test('an older write never hides a newer cache', () => {
  const { overlay, cache } = setup()
  cache(object('9'))
  overlay.put(object('8'))
  assert.equal(overlay.size, 0)
})

test('a deletion hides the object until the cache knows it, and hides no other of the same name', () => {
  const { overlay, cache, now } = setup()
  cache(object('5'))
  overlay.remove(object('5'))
  assert.equal(now(), undefined)
  cache(object('7', 'other'))
  assert.equal(now()?.metadata.uid, 'other')
})

test('an answer that comes after the news of the deletion brings nothing back', () => {
  const { overlay, now } = setup()
  overlay.settle('deleted', object('6'))
  overlay.put(object('5'))
  assert.equal(now(), undefined)
})

test('a write that the watch never brings is forgotten after a while', () => {
  const { overlay, now, wait } = setup()
  overlay.put(object('5'))
  wait(5_001)
  assert.equal(now(), undefined)
  assert.equal(overlay.size, 0)
})
