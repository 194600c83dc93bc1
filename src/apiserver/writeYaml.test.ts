import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { parse } from 'yaml'
import { assertLinear, repeated } from '../../test/support/linearTime.ts'
import { toYaml, yamlSequence } from './writeYaml.ts'

const LONG = 'x'.repeat(64 * 1024)
const yamlOf = (head: object, elements: object[]): string =>
  [...yamlSequence({ head, array: 'items', elements: elements.map((o) => JSON.stringify(o)).values() })].join('')

describe('YAML', () => {
  test('an object and a list in lines', () => {
    assert.equal(toYaml('{"a":{"b":[1,"2"]},"c":"yes"}'), 'a:\n  b:\n    - 1\n    - "2"\nc: "yes"\n')
    assert.equal(
      yamlOf({ kind: 'List', metadata: {} }, [{ a: 1, b: [] }, { a: 'x\ny' }]),
      'kind: List\nmetadata: {}\nitems:\n- a: 1\n  b: []\n- a: |-\n    x\n    y\n',
    )
    assert.equal(yamlOf({ kind: 'List' }, []), 'kind: List\nitems: []\n')
  })

  test('what is large is JSON', () => {
    const large = JSON.stringify({ a: LONG })
    assert.equal(toYaml(JSON.stringify({ a: LONG, b: { c: 1 } })), `"a": "${LONG}"\n"b": {"c":1}\n`)
    assert.equal(yamlOf({ kind: 'List' }, [{ a: 1 }, { a: LONG }]), `kind: List\nitems:\n- a: 1\n- ${large}\n`)
  })

  test('what JSON allows and YAML does not is written in another way', () => {
    const odd = '\x7f\u0080\u0085\u009f\u2028\u2029\ufeff\ufffe\uffff'
    for (const more of ['', LONG]) {
      const text = toYaml(JSON.stringify({ odd, half: '\ud800', more }))
      assert.match(text, /\\u007f\\u0080\\u0085\\u009f\\u2028\\u2029\\ufeff\\ufffe\\uffff/)
      assert.deepEqual(parse(text), { odd, half: '\ufffd', more })
    }
    // YAML, 7.4.2: a key of more than 1,024 characters needs a mark.
    const key = `${'k'.repeat(1_000)}"\\`
    assert.ok(toYaml(JSON.stringify({ a: { b: LONG, [key]: 1 } })).endsWith(`,? ${JSON.stringify(key)}: 1}\n`))
    assert.ok(toYaml(JSON.stringify({ a: LONG, b: { [`${LONG}:`]: LONG } })).includes(`{? "${LONG}:": "${LONG}"}`))
  })

  test('it says what the JSON says', () => {
    const words = 'yes n 0777 0o7 1:30 1e3 << ~ - 2024-01-01 {} " \\ \\" \u{1F600}'.split(' ')
    words.push('', ' a', 'a: b', '# c', '? a', '\ttab', 'a\nb\n', '\n a', '\u2028', '\x85', '\ud800', 'k'.repeat(1_100))
    const word = fc.constantFrom(...words)
    const text = fc.oneof(word, fc.string({ unit: 'binary' }))
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, text, fc.double({ noNaN: true }), fc.constantFrom(null, true), tie('some')),
      some: fc.oneof(fc.array(tie('tree')), fc.dictionary(text, tie('tree'), { noNullPrototype: true })),
    }))
    const object = fc.record({ a: tree, b: tree, long: fc.constantFrom('', LONG) })
    // What has no half characters, no -0, and no prototype.
    const wellFormed = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value), (_, v: unknown) => (typeof v === 'string' ? v.toWellFormed() : v))
    const readable = (value: object): boolean => !/\\ud[89a-f]/.test(JSON.stringify(value))
    fc.assert(
      fc.property(object.filter(readable), object.filter(readable), (one, other) => {
        assert.deepEqual(parse(toYaml(JSON.stringify(one))), wellFormed(one))
        assert.deepEqual(
          parse(yamlOf({ metadata: {} }, [one, other])),
          wellFormed({ metadata: {}, items: [one, other] }),
        )
      }),
    )
  })

  test('in linear time', () => {
    for (const piece of ['\\', '"', 'a', '\u2028', '\ud800', '":'])
      assertLinear(JSON.stringify(piece), (text) => toYaml(JSON.stringify({ a: { [text]: text } })), repeated(piece))
  })
})
