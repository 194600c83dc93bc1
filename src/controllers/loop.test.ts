import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silent } from '../core/machinery/log.ts'
import { ControlLoop, TerminalError, type Again } from './loop.ts'

interface Started {
  loop: ControlLoop
  warnings: string[]
  stop: () => Promise<void>
}

function start(reconcile: (key: string, failures: number) => Promise<Again | undefined>, concurrency = 2): Started {
  const stopper = new AbortController()
  const warnings: string[] = []
  const log = { ...silent, warn: (_: object, message: string) => void warnings.push(message) }
  const loop = new ControlLoop({ name: 'test', concurrency, reconcile, backoff: () => 1, log, signal: stopper.signal })
  const running = loop.run()
  const stop = (): Promise<void> => {
    stopper.abort()
    return running
  }
  return { loop, warnings, stop }
}

test('never more keys at once than allowed, never one key twice at once', async () => {
  const active = new Set<string>()
  let most = 0
  const { loop, stop } = start(async (key) => {
    assert.ok(!active.has(key))
    active.add(key)
    most = Math.max(most, active.size)
    await Promise.resolve()
    active.delete(key)
    return undefined
  }, 3)
  for (let i = 0; i < 50; i++) loop.add(`k${i % 10}`)
  await loop.idle()
  assert.equal(most, 3)
  await stop()
})

test('an error is tried again until it succeeds, a TerminalError is not', async () => {
  const seen: string[] = []
  const over = Promise.withResolvers<void>()
  const { loop, warnings, stop } = start(async (key, failures) => {
    seen.push(`${key}${failures}`)
    if (key === 'dead') throw new TerminalError('no use')
    if (failures < 3) throw new Error('not yet')
    over.resolve()
    return undefined
  })
  loop.add('dead')
  loop.add('a')
  await over.promise
  await loop.idle()
  assert.deepEqual(seen, ['dead0', 'a0', 'a1', 'a2', 'a3'])
  assert.deepEqual(warnings, ['reconcile failed for good'])
  await stop()
})

test('a result can ask for another look', async () => {
  const over = Promise.withResolvers<void>()
  let looks = 0
  const { loop, stop } = start(async () => {
    if (++looks === 2) over.resolve()
    return looks === 1 ? { after: 1 } : undefined
  })
  loop.add('a')
  await over.promise
  await loop.idle()
  assert.equal(looks, 2)
  await stop()
})

test('stopping waits for what is in work and begins nothing new', async () => {
  const gate = Promise.withResolvers<void>()
  const ended: string[] = []
  const { loop, stop } = start(async (key) => {
    await gate.promise
    ended.push(key)
    return undefined
  }, 1)
  loop.add('a')
  loop.add('b')
  const stopped = stop()
  gate.resolve()
  await stopped
  assert.deepEqual(ended, ['a'])
})
