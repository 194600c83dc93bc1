import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'
import { Rounds } from './rounds.ts'

const { signal } = new AbortController()

/** Work of which a test says when it ends, and how often it has begun. */
function setUp(patience = 60_000) {
  const rounds = new Rounds<number>({ patience })
  const runs: (PromiseWithResolvers<number> & { signal: AbortSignal })[] = []
  const work = (own: AbortSignal): Promise<number> => {
    const run = { ...Promise.withResolvers<number>(), signal: own }
    own.addEventListener('abort', () => run.reject(own.reason as Error))
    runs.push(run)
    return run.promise
  }
  return { runs, ask: (key = 'a', by = signal) => rounds.run(key, by, work) }
}

test('of many that come at once one is answered by the first round, and all others by the second', async () => {
  const { runs, ask } = setUp()
  const all = Array.from({ length: 40 }, () => ask())
  await setImmediate()
  assert.equal(runs.length, 1)
  runs[0]!.resolve(1)
  assert.equal(await all[0], 1)
  await setImmediate()
  assert.equal(runs.length, 2)
  runs[1]!.resolve(2)
  assert.deepEqual(await Promise.all(all.slice(1)), Array(39).fill(2))
  const later = ask()
  await setImmediate()
  runs[2]!.resolve(3)
  assert.equal(await later, 3)
})

test('nobody is told what was asked before they came', async () => {
  const { runs, ask } = setUp()
  const first = ask()
  const second = ask()
  await setImmediate()
  runs[0]!.resolve(1)
  await first
  await setImmediate()
  // The second round is under way.
  const third = ask()
  runs[1]!.resolve(2)
  assert.equal(await second, 2)
  await setImmediate()
  runs[2]!.resolve(3)
  assert.equal(await third, 3)
})

test('other keys wait for nothing', async () => {
  const { runs, ask } = setUp()
  const all = [ask('a'), ask('b')]
  await setImmediate()
  runs[1]!.resolve(2)
  assert.equal(await all[1], 2)
  runs[0]!.resolve(1)
  assert.equal(await all[0], 1)
})

test('a round that fails fails for those who share it, and the next one begins all the same', async () => {
  const { runs, ask } = setUp()
  const [first, ...others] = [ask(), ask(), ask()]
  await setImmediate()
  runs[0]!.reject(new Error('no'))
  await assert.rejects(first, /^Error: no$/)
  await setImmediate()
  runs[1]!.reject(new Error('neither'))
  for (const each of others) await assert.rejects(each, /^Error: neither$/)
  const later = ask()
  await setImmediate()
  runs[2]!.resolve(3)
  assert.equal(await later, 3)
})

test('who aborts leaves, and ends nothing for others', async () => {
  const { runs, ask } = setUp()
  const [one, two] = [new AbortController(), new AbortController()]
  const first = ask('a', one.signal)
  const [second, third] = [ask('a', two.signal), ask()]
  one.abort(new Error('first'))
  two.abort(new Error('second'))
  await assert.rejects(first, /^Error: first$/)
  await assert.rejects(second, /^Error: second$/)
  await setImmediate()
  // Nobody waited for the first round any more.
  assert.deepEqual([runs.length, runs[0]?.signal.aborted], [2, true])
  runs[1]!.resolve(2)
  assert.equal(await third, 2)
})

test('a round that everybody has left before it began is not begun, and holds up nobody', async () => {
  const { runs, ask } = setUp()
  const leaver = new AbortController()
  const [first, second] = [ask(), ask('a', leaver.signal)]
  await setImmediate()
  leaver.abort(new Error('gone'))
  const third = ask()
  await assert.rejects(second, /^Error: gone$/)
  await assert.rejects(ask('a', leaver.signal), /^Error: gone$/)
  runs[0]!.resolve(1)
  await first
  await setImmediate()
  assert.equal(runs.length, 2)
  runs[1]!.resolve(2)
  assert.equal(await third, 2)
})

test('a round does not wait for ever for the one before', async () => {
  const { runs, ask } = setUp(1)
  const [first, second] = [ask(), ask()]
  const stays = setInterval(() => runs[1]?.resolve(2), 1)
  assert.equal(await second, 2)
  clearInterval(stays)
  runs[0]!.resolve(1)
  assert.equal(await first, 1)
})
