import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PushListeners } from './listeners.ts'

const push = { host: 'r.test', repository: 'app', tags: ['v1'] }

test('all listeners are told, and what they check is summed up', () => {
  const listeners = new PushListeners()
  const stop = listeners.add((pushes) => pushes.length)
  listeners.add(() => 2)
  assert.equal(listeners.current?.([push]), 3)
  stop()
  assert.equal(listeners.current?.([push]), 2)
})

test('while there are none it can be seen that nobody would hear', () => {
  const listeners = new PushListeners()
  const isHeard = (): boolean => listeners.current !== undefined
  assert.equal(isHeard(), false)
  const stop = listeners.add(() => 1)
  assert.equal(isHeard(), true)
  stop()
  assert.equal(isHeard(), false)
})

test('one that fails fails the delivery, so that its sender tries again', () => {
  const listeners = new PushListeners()
  listeners.add(() => {
    throw new Error('a defect')
  })
  assert.throws(() => listeners.current?.([push]), /a defect/)
})
