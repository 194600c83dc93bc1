import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestClock } from '../../../test/support/testClock.ts'
import { Alarm } from './alarm.ts'

const settled = (): Promise<void> => Promise.resolve()

test('tells of each key when it is due, also of what is planned earlier, later or anew', async () => {
  const clock = new TestClock()
  const begin = clock.now()
  const told: [string, number][] = []
  const alarm = new Alarm(clock, (key, now) => {
    told.push([key, now - begin])
    if (key === 'again' && told.length < 6) alarm.plan(key, now + 10)
  })
  alarm.plan('before', begin + 1)
  alarm.start()
  alarm.plan('late', begin + 100)
  alarm.plan('again', begin + 20)
  alarm.plan('moved', begin + 5)
  alarm.plan('moved', begin + 45)
  alarm.plan('dropped', begin + 25)
  alarm.drop('dropped')
  assert.deepEqual([alarm.at('moved'), alarm.at('dropped')], [begin + 45, undefined])
  await clock.pass(200, settled)
  assert.deepEqual(told, [
    ['before', 1],
    ['again', 20],
    ['again', 30],
    ['again', 40],
    ['moved', 45],
    ['again', 50],
    ['late', 100],
  ])
})

test('tells nothing before it starts, nor after it has stopped', async () => {
  const clock = new TestClock()
  const told: string[] = []
  const alarm = new Alarm(clock, (key) => told.push(key))
  alarm.plan('early', clock.now() + 1)
  await clock.pass(10, settled)
  assert.deepEqual(told, [])
  alarm.start()
  await clock.pass(0, settled)
  assert.deepEqual(told, ['early'])
  alarm.plan('late', clock.now() + 1)
  alarm.stop()
  alarm.plan('later', clock.now() + 2)
  await clock.pass(10, settled)
  assert.deepEqual(told, ['early'])
})
