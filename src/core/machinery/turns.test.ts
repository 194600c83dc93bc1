import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Turns } from './turns.ts'

/** Work that ends when it is told to. */
function work(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const run = (): Promise<string> => {
    log.push(name)
    return promise
  }
  return { run, resolve: () => resolve(name), reject: () => reject(new Error(name)) }
}

test('work for one key is done in turn, also after a failure; that for others does not wait', async () => {
  const turns = new Turns()
  const log: string[] = []
  const [a, b, c, other] = ['a', 'b', 'c', 'other'].map((name) => work(log, name))
  const answers = [turns.take('k', a!.run), turns.take('k', b!.run), turns.take('k', c!.run)]
  const elsewhere = turns.take('l', other!.run)
  other!.resolve()
  assert.equal(await elsewhere, 'other')
  assert.deepEqual(log, ['a', 'other'])
  a!.resolve()
  assert.equal(await answers[0], 'a')
  b!.reject()
  await assert.rejects(answers[1]!, /b/)
  c!.resolve()
  assert.equal(await answers[2], 'c')
  assert.deepEqual(log, ['a', 'other', 'b', 'c'])
  const again = work(log, 'again')
  const late = turns.take('k', again.run)
  again.resolve()
  assert.equal(await late, 'again')
})
