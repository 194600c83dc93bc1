import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { inPieces } from './pieces.ts'

const KIB = 1024
/** Time does not pass. */
const still = () => 0
const piecesOf = (texts: Iterable<string>, now = still): Buffer[] => {
  const body = inPieces(texts, now)
  return Buffer.isBuffer(body) ? [body] : [...body]
}

describe('pieces', () => {
  test('what is short is a single buffer', () => {
    assert.deepEqual(inPieces(['a', 'ä', '\n'], still), Buffer.from('aä\n'))
    assert.deepEqual(inPieces([], still), Buffer.alloc(0))
    assert.ok(Buffer.isBuffer(inPieces(['x'.repeat(128 * KIB - 1)], still)))
  })

  test('what is long is the same in pieces, none of which cuts a character', () => {
    const text = fc.tuple(fc.constantFrom('a', 'ä', '\u{1F600}'), fc.nat(100_000)).map(([c, n]) => c.repeat(n))
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const pieces = piecesOf(texts)
        assert.equal(Buffer.concat(pieces).toString(), texts.join(''))
        assert.ok(pieces.every((piece) => Buffer.from(piece.toString()).equals(piece)))
        for (const piece of pieces.slice(0, -1)) assert.ok(piece.toString().length >= 128 * KIB)
        assert.equal(Buffer.isBuffer(inPieces(texts, still)), texts.join('').length < 128 * KIB)
      }),
    )
  })

  test('whoever stops reading ends what is read, also after the first piece', () => {
    for (const read of [1, 2]) {
      let ended = false
      const texts = (function* () {
        try {
          for (;;) yield 'x'.repeat(128 * KIB)
        } finally {
          ended = true
        }
      })()
      let left = read
      for (const piece of inPieces(texts, still)) if (piece && --left === 0) break
      assert.ok(ended)
    }
  })

  test('what takes long to make is in pieces, too', () => {
    let time = 0
    function* slow(): Generator<string> {
      for (const text of ['a', 'b', 'c', 'd']) {
        time += 15
        yield text
      }
    }
    assert.deepEqual(piecesOf(slow(), () => time).map(String), ['ab', 'cd', ''])
  })

  test('no more is made than is read', () => {
    let made = 0
    function* texts(): Generator<string> {
      for (; made < 100; made++) yield 'x'.repeat(128 * KIB)
    }
    const pieces = inPieces(texts(), still) as Iterator<Buffer> & Iterable<Buffer>
    assert.ok(made <= 1)
    pieces.next()
    pieces.next()
    assert.ok(made <= 2)
    assert.equal([...pieces].length, 99)
  })

  test('what fails in the first piece is no answer, and what fails later ends it', () => {
    function* failing(text: string): Generator<string> {
      yield text
      throw new Error('broken')
    }
    assert.throws(() => inPieces(failing('x'), still), /broken/)
    assert.throws(() => [...inPieces(failing('x'.repeat(128 * KIB)), still)], /broken/)
  })
})
