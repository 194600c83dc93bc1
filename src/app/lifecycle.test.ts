import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { silent } from '../core/machinery/log.ts'
import { Lifecycle, stopOnSignal } from './lifecycle.ts'

describe('lifecycle', () => {
  it('stops the newest first, one after the other, and each although another fails', async () => {
    const seen: string[] = []
    const logged: object[] = []
    const lifecycle = new Lifecycle({ ...silent, error: (fields) => logged.push(fields) })
    lifecycle.add('store', () => void seen.push('store'))
    lifecycle.add('listener', async () => {
      seen.push('listener')
      throw new Error('stuck')
    })
    lifecycle.add('controllers', async () => {
      await Promise.resolve()
      seen.push('controllers')
    })
    await Promise.all([lifecycle.stop(), lifecycle.stop()])
    assert.deepEqual(seen, ['controllers', 'listener', 'store'])
    assert.partialDeepStrictEqual(logged, [{ part: 'listener' }])
  })
})

describe('signals', () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    it(`stop at the first ${signal} and kill at the second`, async () => {
      const source = new EventEmitter()
      const stopping = Promise.withResolvers<void>()
      let stops = 0
      let kills = 0
      const done = stopOnSignal(
        source,
        () => {
          stops++
          return stopping.promise
        },
        () => kills++,
      )
      source.emit(signal)
      await Promise.resolve()
      assert.deepEqual([stops, kills], [1, 0])
      source.emit('SIGINT')
      assert.deepEqual([stops, kills], [1, 1])
      stopping.resolve()
      await done
      assert.equal(source.listenerCount(signal), 0)
    })
  }
})
