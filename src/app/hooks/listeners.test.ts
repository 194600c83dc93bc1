import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PushListeners } from './listeners.ts'

const push = { host: 'r.test', repository: 'app', tags: ['v1'] }

test('all listeners are told, and what they check is summed up', async () => {
  const listeners = new PushListeners()
  assert.equal(await listeners.tell([push]), 0)
  const stop = listeners.add((pushes) => pushes.length)
  listeners.add(() => Promise.resolve(2))
  assert.equal(await listeners.tell([push]), 3)
  stop()
  assert.equal(await listeners.tell([push]), 2)
})

test('one that fails fails the delivery, so that its sender tries again', async () => {
  const listeners = new PushListeners()
  listeners.add(() => Promise.reject(new Error('a defect')))
  await assert.rejects(async () => listeners.tell([push]), /a defect/)
})

test('who is there otherwise is told while there are no listeners', async () => {
  const listeners = new PushListeners(() => 7)
  assert.equal(await listeners.tell([push]), 7)
  const stop = listeners.add(() => 1)
  assert.equal(await listeners.tell([push]), 1)
  stop()
  assert.equal(await listeners.tell([push]), 7)
})
