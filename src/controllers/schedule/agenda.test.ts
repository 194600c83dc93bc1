import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Agenda } from './agenda.ts'

test('gives what is due in order, whatever was planned anew or dropped', () => {
  const step = fc.record({
    key: fc.integer({ min: 0, max: 30 }).map(String),
    at: fc.option(fc.integer({ min: 0, max: 1000 })),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const agenda = new Agenda()
      const model = new Map<string, number>()
      for (const { key, at } of steps) {
        if (at === null) {
          agenda.drop(key)
          model.delete(key)
        } else {
          agenda.plan(key, at)
          model.set(key, at)
        }
      }
      assert.equal(agenda.size, model.size)
      assert.equal(agenda.next(), model.size > 0 ? Math.min(...model.values()) : undefined)
      const taken: number[] = []
      for (let key = agenda.take(500); key !== undefined; key = agenda.take(500)) {
        taken.push(model.get(key)!)
        model.delete(key)
      }
      assert.deepEqual(
        taken,
        taken.toSorted((a, b) => a - b),
      )
      assert.ok([...model.values()].every((at) => at > 500))
    }),
  )
})
