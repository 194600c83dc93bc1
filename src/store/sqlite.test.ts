import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { storeContract } from '../../test/contract/store.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { StoreFailure, type StoreFailureCode } from './failure.ts'
import { openSqlite } from './sqlite.ts'
import { Compacted, type Change } from './store.ts'

const directory = mkdtempSync(join(tmpdir(), 'millrace-sqlite-'))
after(() => rmSync(directory, { recursive: true }))
let count = 0
const fresh = (): string => join(directory, `${count++}.db`)

storeContract('sqlite', async (options) => openSqlite(fresh(), options))

const thing = (name: string, value: unknown): KubeObject & { value: unknown } => ({ metadata: { name }, value })
const refuses = (file: string, code: StoreFailureCode, text: RegExp) =>
  assert.throws(
    () => openSqlite(file),
    (error) => {
      assert.ok(error instanceof StoreFailure, String(error))
      assert.equal(error.code, code)
      assert.match(error.message, text)
      return true
    },
  )

describe('sqlite store across restarts', () => {
  it('keeps state, revisions and history', async () => {
    const file = fresh()
    let store = openSqlite(file)
    const start = await store.revision()
    const a = (await store.create('g/p/n/a', thing('a', 1)))!
    const a2 = (await store.update(a.key, thing('a', { text: 'zwei \u{1f980}' }), a.revision))!
    const b = (await store.create('g/p/n/b', thing('b', 1)))!
    await store.delete(b.key, b.revision)
    const before = await store.list({ prefix: '' })
    await store.close()

    store = openSqlite(file)
    assert.deepEqual(await store.list({ prefix: '' }), before)
    assert.deepEqual(await store.get(a.key), a2)
    assert.ok(Object.isFrozen((await store.get(a.key))!.object.metadata))
    assert.deepEqual((await store.list({ prefix: '', revision: a.revision })).entries, [a])
    const changes = store.watch('', start, AbortSignal.timeout(60_000))[Symbol.asyncIterator]()
    const types: Change['type'][] = []
    for (let i = 0; i < 4; i++) types.push(((await changes.next()).value as Change).type)
    assert.deepEqual(types, ['created', 'updated', 'created', 'deleted'])
    await store.close()
  })

  it('never gives a revision twice, even when the newest change was a deletion and is swept', async () => {
    const file = fresh()
    let store = openSqlite(file)
    const a = (await store.create('g/p/n/a', thing('a', 1)))!
    const gone = (await store.delete(a.key, a.revision))!
    await store.compact(gone.revision)
    await store.close()
    store = openSqlite(file)
    assert.equal(await store.revision(), gone.revision)
    assert.ok((await store.create('g/p/n/a', thing('a', 1)))!.revision > gone.revision)
    await assert.rejects(store.list({ prefix: '', revision: a.revision }), Compacted)
    await store.close()
  })

  it('loses nothing acknowledged when the process is killed while it writes', async () => {
    const file = fresh()
    const writer = join(import.meta.dirname, 'sqlite/writer.fixture.ts')
    const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = once(child, 'exit')
    const acknowledged = new Map<string, number>()
    for await (const line of createInterface({ input: child.stdout })) {
      const [key, revision] = line.split(' ')
      acknowledged.set(key!, Number(revision))
      // Lines that were under way when it died still count: they were acknowledged.
      if (acknowledged.size === 500) child.kill('SIGKILL')
    }
    assert.deepEqual(await exit, [null, 'SIGKILL'])
    const store = openSqlite(file)
    for (const [key, revision] of acknowledged) {
      const entry = await store.get(key)
      assert.ok(entry && entry.revision >= revision, `${key} at ${revision}`)
    }
    await store.close()
  })

  it('frees what compaction forgets, also what a former process left', async () => {
    const file = fresh()
    let now = 0
    const options = { now: () => now, minAge: 1_000, minRevisions: 10, maxRevisions: 100_000 }
    const rows = () => {
      const database = new DatabaseSync(file)
      const row = database.prepare('SELECT count(*) AS count FROM log').get()
      database.close()
      return Number(row?.['count'])
    }
    let store = openSqlite(file, options)
    let entry = (await store.create('g/p/n/a', thing('a', 0)))!
    for (let i = 1; i < 2_500; i++) {
      entry = (await store.update(entry.key, thing('a', i), entry.revision))!
      const other = (await store.create('g/p/n/b', thing('b', i)))!
      await store.delete(other.key, other.revision)
    }
    await store.tick()
    now = 999
    await store.tick()
    assert.equal((await store.list({ prefix: '', revision: 1_001 })).entries.length, 1, 'young history stays')
    now = 1_000
    const sweeping = store.tick()
    await store.close()
    await sweeping
    assert.ok(rows() > 1_000, 'closing does not wait for the sweep')

    store = openSqlite(file, options)
    await assert.rejects(store.list({ prefix: '', revision: 1_001 }), Compacted)
    await store.tick()
    assert.equal((await store.list({ prefix: '' })).entries[0]?.revision, entry.revision)
    await store.close()
    assert.ok(rows() <= 13, `${rows()} rows`)
  })
})

describe('sqlite store that cannot be opened', () => {
  it('is used by another', async () => {
    const file = fresh()
    const store = openSqlite(file)
    refuses(file, 'in-use', /^another millrace uses this data directory: /)
    await store.create('g/p/n/a', thing('a', 1))
    await store.close()
    await openSqlite(file).close()
  })

  it('is not a database', () => {
    const file = fresh()
    writeFileSync(file, 'something else altogether '.repeat(400))
    refuses(file, 'damaged', /is damaged: restore it from a backup, or move it away/)
  })

  it('has a page that is overwritten', async () => {
    const file = fresh()
    const store = openSqlite(file)
    for (let i = 0; i < 200; i++) await store.create(`g/p/n/${i}`, thing(String(i), 'x'.repeat(500)))
    await store.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, 4096)
    writeFileSync(file, bytes)
    refuses(file, 'damaged', /is damaged/)
  })

  it('has a value that is not JSON', async () => {
    const file = fresh()
    const store = openSqlite(file)
    await store.create('g/p/n/a', thing('a', 1))
    await store.close()
    const database = new DatabaseSync(file)
    database.exec(`UPDATE log SET value = '{'`)
    database.close()
    refuses(file, 'damaged', /is damaged/)
  })

  it('belongs to another program, or to a newer version', () => {
    const foreign = fresh()
    let database = new DatabaseSync(foreign)
    database.exec('CREATE TABLE recipes (name)')
    database.close()
    refuses(foreign, 'foreign', /database of another program/)

    const newer = fresh()
    void openSqlite(newer).close()
    database = new DatabaseSync(newer)
    database.exec('PRAGMA user_version = 99')
    database.close()
    refuses(newer, 'newer', /written by a newer millrace/)
  })

  it('cannot be written', () => {
    refuses(join(directory, 'missing', 'a.db'), 'unwritable', /^cannot write .*a\.db: check owner and permissions$/)
    const blocked = fresh()
    mkdirSync(blocked)
    chmodSync(blocked, 0o500)
    refuses(blocked, 'unwritable', /cannot write/)
  })
})

it('the sqlite store makes a file that only its owner can read', async () => {
  const file = fresh()
  const store = openSqlite(file)
  await store.create('g/p/n/a', thing('a', 1))
  for (const name of [file, `${file}-wal`]) assert.equal(statSync(name).mode & 0o777, 0o600, name)
  await store.close()
})
