import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { silent } from '../core/machinery/log.ts'
import { Waiting } from './waiting.ts'

let said: unknown[]
const log = { ...silent, warn: (fields: object) => said.push(fields) }
beforeEach(() => {
  said = []
  mock.timers.enable({ apis: ['setTimeout'] })
})
afterEach(() => mock.timers.reset())

test('what is waited for is said after a while, and ever more rarely', async () => {
  const waiting = new Waiting(['a', 'b'], log, 10)
  mock.timers.tick(9)
  assert.deepEqual(said, [])
  mock.timers.tick(1)
  await waiting.for('a', Promise.resolve())
  mock.timers.tick(19)
  assert.deepEqual(said, [{ waitingFor: ['a', 'b'] }])
  mock.timers.tick(1)
  assert.deepEqual(said.slice(1), [{ waitingFor: ['b'] }])
  mock.timers.tick(39)
  assert.equal(said.length, 2)
})

test('who is ready says nothing, and who does not get there goes on to wait', async () => {
  const waiting = new Waiting(['a', 'b'], log, 10)
  await assert.rejects(waiting.for('a', Promise.reject(new Error('no'))), /no/)
  await waiting.for('b', Promise.resolve())
  assert.deepEqual(waiting.names, ['a'])
  await waiting.for('a', Promise.resolve())
  waiting.add('shutdown')
  mock.timers.tick(10_000)
  assert.deepEqual([waiting.names, said], [['shutdown'], []])
})
