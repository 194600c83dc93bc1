import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { applyPatch } from 'rfc6902'
import { at, entry, from, JOB, path, PULL, streams, workload } from '../../../../test/support/triggers.ts'
import { clone } from '../../machinery/json/clone.ts'
import type { KubeObject } from '../../machinery/object.ts'
import { planTrigger } from '../triggers.ts'
import { containersOf } from '../workloads.ts'
import { keptImages } from './kept.ts'

const patched = (object: KubeObject, patch: ReturnType<typeof keptImages> = []): KubeObject => {
  const copy = clone(object)
  const failed = applyPatch(copy, patch).filter((error) => error !== null)
  assert.deepEqual(failed, [])
  return copy
}
const images = (object: KubeObject) => containersOf(JOB, object).map(({ image }) => image)

test('a manifest that is applied again asks for nothing else than there is, wherever the tag points now', () => {
  const manifest = workload(JOB, [entry(), entry(at('i'))], { c: 'start', d: 'other' }, { i: ' ' })
  const stored = patched(manifest, planTrigger(JOB, manifest, streams).patch)
  assert.deepEqual(images(stored), [PULL, PULL, 'other'])
  assert.deepEqual(images(patched(manifest, keptImages(JOB, manifest, stored))), images(stored))
  assert.deepEqual(keptImages(JOB, stored, stored), [])
})

test('containers without a usable trigger are what the writer says', () => {
  const stored = workload(JOB, [], { c: 'was', d: 'was' })
  for (const triggers of [
    [entry(at('c'), from(), { paused: true })],
    [entry(path('x'))],
    [entry(at('nobody'))],
    '[{',
    [entry(), entry()],
  ])
    assert.deepEqual(keptImages(JOB, workload(JOB, triggers, { c: 'now', d: 'now' }), stored), [])
})

test('a trigger that is paused or taken away later leaves the image that it has set', () => {
  const manifest = workload(JOB, [entry(), entry(at('d'))], { c: 'start', d: 'start' })
  const stored = patched(manifest, planTrigger(JOB, manifest, streams).patch)
  const paused = entry(at('c'), from(), { paused: true })
  for (const triggers of [[paused, entry(at('d'))], [paused], [entry(at('d'))], []]) {
    const next = workload(JOB, triggers, { c: 'start', d: 'start' })
    assert.deepEqual(images(patched(next, keptImages(JOB, next, stored))), [PULL, PULL])
  }
  const never = workload(JOB, [paused], { c: 'start' })
  assert.deepEqual(keptImages(JOB, workload(JOB, [paused], { c: 'now' }), never), [])
})

test('property: never throws, never changes what has no trigger, and is done in one go', () => {
  const names = fc.constantFrom('a', 'b', 'c')
  const containers = fc.dictionary(names, fc.constantFrom('x', 'y', ' '))
  fc.assert(
    fc.property(containers, containers, fc.array(names, { maxLength: 2 }), (now, before, triggered) => {
      const object = workload(
        JOB,
        [...new Set(triggered)].map((name) => entry(at(name))),
        now,
      )
      const old = workload(JOB, [], before)
      const next = patched(object, keptImages(JOB, object, old))
      assert.deepEqual(keptImages(JOB, next, old), [])
      for (const { name, image } of containersOf(JOB, next))
        assert.equal(image, triggered.some((each) => each === name) ? (before[name] ?? now[name]) : now[name])
    }),
  )
})
