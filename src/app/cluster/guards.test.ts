import assert from 'node:assert/strict'
import { test } from 'node:test'
import { restoreGuards } from './guards.ts'

/** A store of which so many objects lack their guards, and a cluster that asks us from its `asks`th answer on. */
function world(missing: number, asks: number) {
  const done: string[] = []
  const store = {
    unguarded: missing,
    guard: async () => {
      done.push('guard')
      store.unguarded = 0
    },
  }
  const raw = async (path: string): Promise<unknown> => {
    done.push(path)
    if (done.length < asks) throw new Error('404')
    return {}
  }
  return { done, restore: (signal = new AbortController().signal) => restoreGuards(store, raw, signal, () => 1) }
}

const ASKED = '/apis/image.openshift.io/v1'

test('where no guard is missing nothing is asked', async () => {
  const { done, restore } = world(0, 1)
  await restore()
  assert.deepEqual(done, [])
})

test('guards come back when the cluster asks us, and not before', async () => {
  const { done, restore } = world(2, 3)
  await restore()
  assert.deepEqual(done, [ASKED, ASKED, ASKED, 'guard'])
})

test('whoever leads no more puts none back', async () => {
  const { done, restore } = world(2, Infinity)
  const stop = new AbortController()
  const restoring = restore(stop.signal)
  stop.abort()
  await restoring
  assert.deepEqual(done, [ASKED])
})
