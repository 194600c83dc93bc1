import assert from 'node:assert/strict'
import { test } from 'node:test'
import { append, describeAll, invalid, MAX_TOLD, type FieldError } from './fieldError.ts'
import { validateMetadata } from './meta/metadata.ts'
import { invalid as refused } from './status.ts'

const errors = (count: number): FieldError[] => Array.from({ length: count }, (_, i) => invalid(`f[${i}]`, i, 'bad'))

test('one error stands bare, several in brackets, equal ones once', () => {
  assert.equal(describeAll(errors(1)), 'f[0]: Invalid value: 0: bad')
  assert.equal(describeAll(errors(2)), '[f[0]: Invalid value: 0: bad, f[1]: Invalid value: 1: bad]')
  assert.equal(describeAll([...errors(1), ...errors(1)]), 'f[0]: Invalid value: 0: bad')
})

test('of very many errors the first are told, and that there are more', () => {
  const { message, status } = refused('', 'Thing', 'x', errors(1000))
  assert.match(message, /f\[99\]: Invalid value: 99: bad, and more\]$/)
  assert.equal(status.details?.causes?.length, MAX_TOLD)
  assert.ok(message.length < 10_000)
})

test('an object can have more errors than a function arguments', () => {
  const all: FieldError[] = []
  append(all, errors(500_000))
  assert.equal(all.length, 500_000)
  const labels = Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [`a b${i}`, 'c d']))
  const meta = { name: 'x', namespace: 'n', labels, annotations: labels, finalizers: Object.keys(labels) }
  const started = performance.now()
  const found = validateMetadata(meta, { namespaced: true })
  assert.ok(found.length > MAX_TOLD)
  // Half a minute, when all of them are written down.
  assert.ok(performance.now() - started < 5000)
})
