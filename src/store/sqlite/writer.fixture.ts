// Writes as fast as it can until it is killed, and says what was acknowledged. Part of sqlite.test.ts.
import { writeSync } from 'node:fs'
import { openSqlite } from '../sqlite.ts'

const store = openSqlite(process.argv[2]!)
for (let i = 0; ; i++) {
  const key = `g/p/n/${i % 2_000}`
  const object = { metadata: { name: key }, value: 'x'.repeat(i % 3_000), turn: i }
  const old = await store.get(key)
  const entry = old ? await store.update(key, object, old.revision) : await store.create(key, object)
  // A pipe that is full blocks here: nothing is printed later than it was acknowledged.
  writeSync(1, `${key} ${entry?.revision}\n`)
}
