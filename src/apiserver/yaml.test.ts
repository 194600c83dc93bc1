import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readYaml } from './yaml.ts'

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')

test('YAML becomes what it says', () => {
  const cases: [string, unknown][] = [
    ['a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    ['- 1\n- "1"\n- null', [1, '1', null]],
    ['__proto__: {a: 1}', JSON.parse('{"__proto__":{"a":1}}')],
  ]
  for (const [text, value] of cases) assert.deepEqual(readYaml(text), value, text)
})

const refused: [name: string, text: string, message: RegExp][] = [
  ['a key that repeats', 'a: 1\nb:\n  c: 1\n  c: 2', /^Map keys must be unique, and "c" repeats$/],
  ['several documents', 'a: 1\n---\nb: 2', /multiple documents/],
  ['nesting without end', '['.repeat(100_000), /./],
  ['aliases without end', `a: &a 1\n${lines(2000, (i) => `k${i}: *a`)}`, /more than 1000 aliases/],
  [
    'a bomb',
    `a0: &a0 [x]\n${lines(9, (i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`)}`,
    /Excessive/,
  ],
]
for (const [name, text, message] of refused)
  test(`refused: ${name}`, () => assert.throws(() => readYaml(text), { message }))

test('the time grows with the length, not with its square', () => {
  const time = (count: number): number => {
    const start = performance.now()
    readYaml(lines(count, (i) => `k${i}: v`))
    return performance.now() - start
  }
  time(2_000)
  // Comparing all keys with each other would make it a hundred times as long; noise makes it less than linear at times.
  assert.ok(time(50_000) < Math.max(40 * time(5_000), 2_000))
})
