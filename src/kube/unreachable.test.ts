import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Unreachable, unreachable } from './unreachable.ts'

const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code })

test('a refused connection reads as in kubectl, also when several addresses were tried', () => {
  const text = 'The connection to the server localhost:8443 was refused - did you specify the right host or port?'
  for (const error of [
    coded('ECONNREFUSED'),
    new AggregateError([coded('ECONNREFUSED')]),
    new Error('x', { cause: coded('ECONNREFUSED') }),
  ]) {
    assert.equal(unreachable('localhost:8443', error).message, text)
    assert.equal(
      unreachable('localhost:8443', error, 'http://proxy.test:3128').message,
      'The connection to the proxy proxy.test:3128 was refused - did you specify the right proxy-url?',
    )
  }
})

test('other failures say why', () => {
  const cases: [Error, RegExp][] = [
    [coded('ENOTFOUND'), /^Unable to connect to the server h:1: its name cannot be resolved$/],
    [
      coded('SELF_SIGNED_CERT_IN_CHAIN'),
      /certificate is not trusted \(SELF_SIGNED_CERT_IN_CHAIN\): check certificate-authority/,
    ],
    [coded('ERR_SSL_WRONG_VERSION_NUMBER'), /does not speak TLS/],
    [new Error('odd'), /^Unable to connect to the server h:1: odd$/],
  ]
  for (const [error, pattern] of cases) assert.match(unreachable('h:1', error).message, pattern)
  const known = new Unreachable('said already')
  assert.equal(unreachable('h:1', known), known)
})
