// Checks of registries that do not answer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourceOf } from '../core/schedule/source.ts'
import { createChecker } from './checker.ts'
import type { RegistryReader } from './reader.ts'

const source = sourceOf('r.test/app:v1', false)!
/** Hangs until the signal aborts, as a connection does. */
const hanging: RegistryReader['head'] = (_repository, _reference, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
const reader = { head: hanging } as RegistryReader
const secrets = async () => []

test('a registry that does not answer gives its place up in time, and that is a Timeout', async () => {
  const check = createChecker({ reader, secrets, patience: () => 20 })
  const told = await check({ source, namespaces: ['a', 'b'], signal: new AbortController().signal })
  assert.deepEqual(
    told.map(({ namespaces, checked }) => [namespaces, checked]),
    [[['a', 'b'], { failure: 'Timeout' }]],
  )
  assert.match(told[0]!.message!, /^the registry has not told within 0\.02 seconds/)
})

test('whoever ends a check is told so', async () => {
  const check = createChecker({ reader, secrets })
  const stopper = new AbortController()
  const told = check({ source, namespaces: ['a'], signal: stopper.signal })
  stopper.abort(new Error('stopping'))
  await assert.rejects(told, { message: 'stopping' })
})
