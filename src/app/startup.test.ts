import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StoreFailure } from '../store/failure.ts'
import { dataFailure, portFailure, StartupError } from './startup.ts'

const system = (code: string): Error => Object.assign(new Error(`${code}: no`), { code })

describe('a server that cannot start', () => {
  const cases: [name: string, error: unknown, message: RegExp][] = [
    [
      'a port that is taken',
      portFailure(system('EADDRINUSE'), '127.0.0.1', 8443),
      /^port 8443 on 127\.0\.0\.1 is taken/,
    ],
    ['a port of the system', portFailure(system('EACCES'), '127.0.0.1', 443), /choose one above 1023 with --port/],
    [
      'an address of another machine',
      portFailure(system('EADDRNOTAVAIL'), '10.9.9.9', 8443),
      /^10\.9\.9\.9 is no address .* --host$/,
    ],
    ['a name of nothing', portFailure(system('ENOTFOUND'), 'x.invalid', 8443), /^the address of x\.invalid .* --host$/],
    ['a directory without permission', dataFailure(system('EACCES'), '/d'), /cannot write the data directory \/d/],
    ['a read-only disk', dataFailure(system('EROFS'), '/d'), /cannot write the data directory \/d/],
    ['a file as directory', dataFailure(system('ENOTDIR'), '/d'), /\/d is not a directory/],
    ['a full disk', dataFailure(system('ENOSPC'), '/d'), /no space left/],
    ['a store that is used', dataFailure(new StoreFailure('in-use', 'another millrace'), '/d'), /^another millrace$/],
  ]
  for (const [name, error, message] of cases) {
    it(`says in one line what to do: ${name}`, () => {
      assert.ok(error instanceof StartupError)
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /\n/)
      assert.ok(error.cause)
    })
  }

  it('does not explain away what it does not know', () => {
    const error = new TypeError('defect')
    assert.equal(portFailure(error, '127.0.0.1', 1), error)
    assert.equal(dataFailure(error, '/d'), error)
  })
})
