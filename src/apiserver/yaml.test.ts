import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertLinear, repeated } from '../../test/support/linearTime.ts'
import { readYaml, TooMuchYaml } from './yaml.ts'

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')

test('YAML becomes what it says', () => {
  const cases: [string, unknown][] = [
    ['a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    ['a: &x 1\nb: *x\nc: &x 2\nd: *x', { a: 1, b: 1, c: 2, d: 2 }],
    ['- 1\n- "1"\n- null', [1, '1', null]],
    ['__proto__: {a: 1}', JSON.parse('{"__proto__":{"a":1}}')],
    ['', null],
    ['"\\ud800": "a\\udc00"', { '\ufffd': 'a\ufffd' }],
  ]
  for (const [text, value] of cases) assert.deepEqual(readYaml(text), value, text)
})

test('there is nothing in it that JSON cannot say', () => {
  const cases: [string, unknown][] = [
    ['a: 2001-01-01', { a: '2001-01-01' }],
    ['a: !!binary YQ==', { a: 'YQ==' }],
    ['a: !!timestamp 2001-01-01', { a: '2001-01-01' }],
    ['a: !!set {b, c}', { a: { b: null, c: null } }],
    ['a: !!js/function "() => 1"', { a: '() => 1' }],
    ['%YAML 1.1\n---\na: yes\nb: 2001-01-01\nc: !!binary YQ==', { a: 'yes', b: '2001-01-01', c: 'YQ==' }],
    ['<<: {a: 1}\nb: 2', { '<<': { a: 1 }, b: 2 }],
  ]
  for (const [text, value] of cases) assert.deepEqual(readYaml(text), value, text)
})

const bomb = `a0: &a0 [x]\n${lines(9, (i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`)}`
const refused: [name: string, text: string, message: RegExp][] = [
  ['a key that repeats', 'a: 1\nb:\n  c: 1\n  c: 2', /^Map keys must be unique, and "c" repeats$/],
  ['several documents', 'a: 1\n---\nb: 2', /more than one document; send one object/],
  ['very many documents', 'a: 1\n---\n'.repeat(100_000), /more than one document; send one object/],
  ['what is none', 'a: 1\nb: [', /^Flow sequence in block collection must be .* at line 2, column 5$/],
  ['lists without end', '['.repeat(40_000), /^it is nested too deeply$/],
  ['items of items without end', '- '.repeat(40_000), /^it is nested too deeply$/],
  ['keys of keys without end', '? '.repeat(40_000), /^it is nested too deeply$/],
  ['aliases without end', `a: &a 1\n${lines(2000, (i) => `k${i}: *a`)}`, /more than 1000 aliases/],
  ['an alias of nothing', 'a: *b', /Unresolved alias/],
  ['a circle', 'a: &a {x: *a, y: *a}', /the alias \*a stands inside of what it means/],
  ['a circle of the whole', '&a [*a, *a]', /the alias \*a stands inside of what it means/],
  ['a bomb', bomb, /aliases stand for too much text/],
  ['one thing very often', `a: &a [x, y]\n${lines(900, (i) => `k${i}: *a`)}`, /Excessive alias count/],
  [
    'a bomb of text',
    `a: &a ${'x'.repeat(200_000)}\n${lines(50, (i) => `k${i}: *a`)}`,
    /aliases stand for too much text/,
  ],
  [
    'a bomb of text, folded',
    `a: &a ${'x'.repeat(100_000)}\nb: &b [*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b]`,
    /aliases stand for too much text/,
  ],
]
for (const [name, text, message] of refused)
  test(`refused: ${name}`, () => assert.throws(() => readYaml(text), { message }))

// Each of them in three megabytes, which a body may have: unbounded, they took up to 15 s.
const hostile = [
  '- x\n',
  'x,',
  '# x\n',
  '\n',
  '[],',
  'b:,',
  'k: v\n',
  '&a x\n',
  '"x"\n',
  '- - - - x\n',
  "'",
  '|\n',
  '{',
  '%A\n',
  '\t',
]
for (const piece of hostile) {
  test(`three megabytes of ${JSON.stringify(piece)} are refused, or read, soon`, () => {
    const text = `a:\n${piece.repeat(3_000_000 / piece.length)}`
    const start = performance.now()
    try {
      readYaml(text)
    } catch (error) {
      assert.ok(error instanceof Error && error.message.length < 500)
    }
    assert.ok(performance.now() - start < 5000)
  })
}

test('the largest texts that anybody writes by hand are read; more has to be JSON', () => {
  const size = (count: number) => Object.keys(readYaml(lines(count, (i) => `k${i}: v`)) as object).length
  assert.equal(size(25_000), 25_000)
  assert.throws(() => size(60_000), TooMuchYaml)
  // One long text is one piece.
  assert.equal((readYaml(`a: |\n${'  text\n'.repeat(400_000)}`) as { a: string }).a.length, 2_000_000)
})

test('the time grows with the length', () => {
  const pieces = ['x', 'x ', ' ', 'x\n ', '\\n', "''", 'é']
  for (const piece of pieces)
    for (const [start, end] of [
      ['a: ', ''],
      ['a: "', '"'],
      ['a: |\n  ', ''],
      ["a: '", "'"],
    ] as const)
      assertLinear(start + piece, readYaml, repeated(piece, end, start))
})
