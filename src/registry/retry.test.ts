import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RegistryError } from './error.ts'
import { retrying, type RetryPolicy } from './retry.ts'

const signal = new AbortController().signal
const policy: RetryPolicy = { attempts: 3, firstDelay: 1, longestDelay: 20, total: 1000 }

/** Fails with the given errors, one after the other, then succeeds. */
function flaky(...errors: Error[]) {
  const attempt = async () => {
    attempt.count += 1
    const error = errors.shift()
    if (error) throw error
    return 'done'
  }
  attempt.count = 0
  return attempt
}
const passing = (retryAfter?: number) => new RegistryError('status', 'busy', { temporary: true, retryAfter })

test('temporary failures are tried again, up to the limit', async () => {
  const attempt = flaky(passing(), passing())
  assert.equal(await retrying(policy, signal, attempt), 'done')
  assert.equal(attempt.count, 3)
  const failing = flaky(passing(), passing(), passing())
  await assert.rejects(retrying(policy, signal, failing), { message: 'busy' })
  assert.equal(failing.count, 3)
})

test('lasting failures and other errors are not', async () => {
  for (const error of [new RegistryError('status', 'no'), new TypeError('bug')]) {
    const attempt = flaky(error)
    await assert.rejects(retrying(policy, signal, attempt), error)
    assert.equal(attempt.count, 1)
  }
})

test('what a registry asks for is waited, unless it is too long', async () => {
  const started = performance.now()
  await retrying(policy, signal, flaky(passing(15)))
  assert.ok(performance.now() - started >= 14)
  const attempt = flaky(passing(21))
  await assert.rejects(retrying(policy, signal, attempt), { message: 'busy' })
  assert.equal(attempt.count, 1)
})

test('pauses grow, and end with the total', async () => {
  const attempt = flaky(passing(), passing(), passing())
  await assert.rejects(retrying({ attempts: 9, firstDelay: 4, longestDelay: 50, total: 15 }, signal, attempt))
  // 4 ms fit, 16 ms more do not.
  assert.equal(attempt.count, 2)
})

test('aborting ends the pause', async () => {
  const reason = new Error('enough')
  const controller = new AbortController()
  const attempt = flaky(passing())
  const running = retrying(
    { ...policy, firstDelay: 60_000, longestDelay: 60_000, total: 1e6 },
    controller.signal,
    attempt,
  )
  controller.abort(reason)
  await assert.rejects(running, reason)
  assert.equal(attempt.count, 1)
})
