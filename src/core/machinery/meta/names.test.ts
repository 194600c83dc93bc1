import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assertLinear, repeated } from '../../../../test/support/linearTime.ts'
import { configKey, dns1123Label, dns1123Subdomain, forNames, labelValue } from './names.ts'
import { pathSegment, qualifiedName } from './names.ts'

const ENDS = 'and must start and end with an alphanumeric character'
const KEY =
  `must consist of alphanumeric characters, '-', '_' or '.', ${ENDS} ` +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`
const LABEL =
  `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', ${ENDS} ` +
  `(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`
const SUBDOMAIN =
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', ${ENDS} ` +
  `(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`

test('names that break a grammar are told why', () => {
  const x = (n: number) => 'x'.repeat(n)
  const cases: [(name: string) => string[], string, string[]][] = [
    [dns1123Label, 'a-1', []],
    [dns1123Label, x(63), []],
    [dns1123Label, x(64), ['must be no more than 63 characters']],
    [dns1123Label, 'a.b', ['must not contain dots']],
    [dns1123Label, 'A', [LABEL]],
    [dns1123Label, '', [LABEL]],
    [dns1123Subdomain, 'a.b-c', []],
    [dns1123Subdomain, 'a..b', [SUBDOMAIN]],
    [dns1123Subdomain, `${x(253)}_`, ['must be no more than 253 characters', SUBDOMAIN]],
    [pathSegment, 'A b:c@d', []],
    [pathSegment, '..', ["may not be '..'"]],
    [pathSegment, 'a/b%c', ["may not contain '/'", "may not contain '%'"]],
    [qualifiedName, 'app', []],
    [qualifiedName, 'example.com/My_App.1', []],
    [qualifiedName, 'a b', [`name part ${KEY}`]],
    [qualifiedName, '/a', ['prefix part must be non-empty']],
    [qualifiedName, 'a/', ['name part must be non-empty', `name part ${KEY}`]],
    [qualifiedName, 'A/a', [`prefix part ${SUBDOMAIN}`]],
    [qualifiedName, x(64), ['name part must be no more than 63 bytes']],
    [
      qualifiedName,
      'a/b/c',
      [`a valid label key ${KEY} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`],
    ],
    [labelValue, '', []],
    [labelValue, x(64), ['must be no more than 63 bytes']],
    [configKey, '.hidden', []],
    [configKey, '..', ["must not be '..'"]],
    [configKey, '..a', ["must not start with '..'"]],
  ]
  for (const [check, name, problems] of cases) assert.deepEqual(check(name), problems, JSON.stringify(name))
  assert.match(labelValue('-')[0]!, /^a valid label must be an empty string .* '12345', regex used/)
})

test('lengths count bytes', () => {
  assert.ok(labelValue('ü'.repeat(32)).includes('must be no more than 63 bytes'))
})

test('the prefix of a generated name may end in a dash', () => {
  const check = forNames((name) => dns1123Subdomain(name))
  assert.deepEqual(check('web-', true), [])
  assert.deepEqual(check('web-', false), [SUBDOMAIN])
  assert.deepEqual(check('-', true), [])
  assert.deepEqual(check('Web-', true), [SUBDOMAIN])
})

test('checks answer quickly whatever they get', () => {
  const checks = [dns1123Label, dns1123Subdomain, pathSegment, qualifiedName, labelValue, configKey]
  fc.assert(fc.property(fc.constantFrom(...checks), fc.string(), (check, name) => void check(name)))
  const started = performance.now()
  for (const check of checks) check(`${'a-'.repeat(5000)}!`)
  assert.ok(performance.now() - started < 1000)
})

test('any name is checked in linear time', () => {
  for (const check of [configKey, dns1123Label, dns1123Subdomain, labelValue, pathSegment, qualifiedName])
    for (const piece of ['a', 'a-', 'a.', '-', '.', '_', '/', 'a/', '%'])
      for (const end of ['', '!', '/'])
        assertLinear(`${check.name} of ${piece}`, (name) => check(name), repeated(piece, end))
})
