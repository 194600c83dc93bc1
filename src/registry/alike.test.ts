import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Alike, createFingerprint } from './alike.ts'

const names = (length: number) => Array.from({ length }, (_, i) => `n${i}`)

/** Everybody is asked about; `print`: who somebody is for a subject. Gives who were told together, and how many prints were taken. */
async function run(
  namespaces: readonly string[],
  print: (namespace: string, subject: string) => string,
  asks: string[],
) {
  let prints = 0
  const alike = new Alike(namespaces, async (namespace, subject) => {
    prints++
    return print(namespace, subject)
  })
  const told: string[][] = []
  for (let first = alike.next(); first !== undefined; first = alike.next()) {
    const who = first
    const asked = new Map(asks.map((subject) => [subject, print(who, subject)]))
    told.push([who, ...(await alike.take(asked))])
  }
  return { told, prints }
}

for (const [what, print] of [
  ['all differ', (namespace: string) => namespace],
  ['all are the same', () => 'same'],
  ['half of them differ', (namespace: string) => (Number(namespace.slice(1)) % 2 ? 'same' : namespace)],
] as const)
  test(`each of thousands is looked at once for each subject: ${what}`, async () => {
    const namespaces = names(2_000)
    const { told, prints } = await run(namespaces, print, ['mirror', 'registry'])
    assert.deepEqual(told.flat().sort(), namespaces.toSorted())
    assert.equal(told.length, new Set(namespaces.map(print)).size)
    // The first is known by what was asked as it.
    assert.equal(prints, 2 * 1_999)
  })

test('who is the same for all that was asked is told the same, in its order', async () => {
  const print = (namespace: string, subject: string) => (subject === 'mirror' ? 'x' : namespace === 'n1' ? 'y' : 'z')
  assert.deepEqual((await run(names(4), print, ['mirror'])).told, [names(4)])
  assert.deepEqual((await run(names(4), print, ['mirror', 'registry'])).told, [['n0', 'n2', 'n3'], ['n1']])
  assert.deepEqual((await run(names(4), print, ['registry', 'mirror'])).told, [['n0', 'n2', 'n3'], ['n1']])
  assert.deepEqual((await run(names(4), print, [])).told, [names(4)])
})

test('who cannot be looked at is told alone', async () => {
  const alike = new Alike(['a', 'b', 'c'], async (namespace) => {
    if (namespace === 'b') throw new Error('forbidden')
    return 'same'
  })
  assert.equal(alike.next(), 'a')
  assert.deepEqual(await alike.take(new Map([['registry', 'same']])), ['c'])
  assert.equal(alike.next(), 'b')
})

test('a fingerprint tells credentials and their order apart, and nobody else can make it', () => {
  const [one, other] = [createFingerprint(), createFingerprint()]
  const [a, b] = [
    { username: 'a', password: 'x' },
    { username: 'b', password: 'y' },
  ]
  assert.equal(one([a, b]), one([{ ...a }, { ...b }]))
  assert.equal(new Set([one([]), one([a]), one([b]), one([a, b]), one([b, a]), other([a, b])]).size, 6)
  assert.equal(one([{ username: 'a', password: 'p'.repeat(1_000_000) }]).length, one([]).length)
})
