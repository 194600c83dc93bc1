import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { loadToken } from './token.ts'

let directory: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-token-'))
})
after(() => rm(directory, { recursive: true }))

it('the token is made once, private, and stays', async () => {
  const file = join(directory, 'token')
  const token = await loadToken(file)
  assert.match(token, /^[\w-]{43}$/)
  assert.equal(await readFile(file, 'utf8'), `${token}\n`)
  assert.equal(await loadToken(file), token)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
})

it('a token that anyone could guess is replaced', async () => {
  const file = join(directory, 'short')
  await writeFile(file, 'x\n')
  assert.ok((await loadToken(file)).length >= 43)
})

it('a token of the user is kept, and made private', async () => {
  const file = join(directory, 'own')
  await writeFile(file, `${'t'.repeat(40)}\n`, { mode: 0o644 })
  assert.equal(await loadToken(file), 't'.repeat(40))
  assert.equal((await stat(file)).mode & 0o777, 0o600)
})
