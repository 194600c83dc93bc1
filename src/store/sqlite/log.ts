// The history in SQLite. Statements are prepared once; rows become entries here and nowhere else.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { freeze } from '../../core/machinery/json/clone.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { ChangeLog, Loaded, Past } from '../changeLog.ts'
import type { Change, Entry } from '../store.ts'
import { damaged, explain } from './failure.ts'

/** Rows that one step of sweeping covers: a few milliseconds. */
const SWEEP = 1_000

/** Rows `l` after revision ?1 whose keys begin with ?2. */
const AFTER = 'l.revision > ?1 AND substr(l.key, 1, length(?2)) = ?2'

/** Of a row `l` and the row `p` that it supersedes. */
const CHANGE = `l.revision, l.key, l.deleted, l.value, p.revision AS previous, p.value AS previousValue
  FROM log l LEFT JOIN log p ON p.revision = l.previous
  WHERE ${AFTER}`

const QUERIES = {
  append: 'INSERT INTO log (revision, key, previous, deleted, value) VALUES (?, ?, ?, ?, ?)',
  current: `SELECT revision, key, value FROM log l
    WHERE NOT deleted AND NOT EXISTS (SELECT 1 FROM log n WHERE n.previous = l.revision)`,
  newest: 'SELECT max(revision) AS revision FROM log',
  lowest: 'SELECT min(revision) AS revision FROM log',
  oldest: `SELECT revision FROM mark WHERE name = 'oldest'`,
  since: `SELECT ${CHANGE} ORDER BY l.revision LIMIT ?3`,
  // With min(), SQLite takes the other columns from the row that has the minimum.
  before: `SELECT min(l.revision), l.key, l.previous FROM log l WHERE ${AFTER} GROUP BY l.key`,
  value: 'SELECT value FROM log WHERE revision = ?',
  step: 'SELECT revision FROM log WHERE revision > ?1 AND revision <= ?2 ORDER BY revision LIMIT 1 OFFSET ?3',
  forget: `UPDATE mark SET revision = ? WHERE name = 'oldest'`,
  sweepSuperseded: `DELETE FROM log WHERE revision IN
    (SELECT previous FROM log WHERE revision > ?1 AND revision <= ?2 AND previous IS NOT NULL)`,
  sweepDeletions: 'DELETE FROM log WHERE revision > ?1 AND revision <= ?2 AND deleted',
} as const

type Row = {
  revision: number
  key: string
  deleted: number
  value: string | null
  previous: number | null
  previousValue: string | null
}

/** A change log in a SQLite database. */
export class SqliteLog implements ChangeLog {
  readonly #database: DatabaseSync
  readonly #file: string
  readonly #queries: Record<keyof typeof QUERIES, StatementSync>
  #oldest = 0
  /** Everything up to here is swept. */
  #swept = 0

  constructor(database: DatabaseSync, file: string) {
    this.#database = database
    this.#file = file
    const prepared = Object.entries(QUERIES).map(([name, sql]) => [name, database.prepare(sql)])
    this.#queries = Object.fromEntries(prepared)
  }

  load(): Loaded {
    return this.#guard(() => {
      this.#oldest = this.#number('oldest')
      this.#swept = this.#number('lowest') - 1
      const rows = this.#queries.current.all() as Row[]
      return {
        entries: rows.map((row) => this.#entry(row.key, row.revision, row.value)),
        // After a sweep the newest change, if it was a deletion, may have left no row.
        revision: Math.max(this.#number('newest'), this.#oldest),
        oldest: this.#oldest,
      }
    })
  }

  append({ entry, previous }: Change, json: string | undefined): void {
    this.#guard(() =>
      this.#queries.append.run(
        entry.revision,
        entry.key,
        previous?.revision ?? null,
        json === undefined ? 1 : 0,
        json ?? null,
      ),
    )
  }

  since(prefix: string, revision: number, limit: number): Change[] {
    return this.#guard(() => {
      const rows = this.#queries.since.all(revision, prefix, limit) as Row[]
      return rows.map((row) => this.#change(row))
    })
  }

  before(prefix: string, revision: number): Map<string, Past> {
    const rows = this.#guard(() => this.#queries.before.all(revision, prefix)) as Pick<Row, 'key' | 'previous'>[]
    return new Map(
      rows.map(({ key, previous }) => [key, previous === null ? undefined : () => this.#read(key, previous)]),
    )
  }

  #read(key: string, revision: number): Entry {
    const row = this.#guard(() => this.#queries.value.get(revision)) as Pick<Row, 'value'> | undefined
    return this.#entry(key, revision, row?.value ?? null)
  }

  forget(revision: number): void {
    this.#guard(() => this.#queries.forget.run(revision))
    this.#oldest = revision
  }

  sweep(): boolean {
    if (this.#swept >= this.#oldest) return false
    const from = this.#swept
    this.#guard(() => {
      const to = Number(this.#queries.step.get(from, this.#oldest, SWEEP - 1)?.['revision'] ?? this.#oldest)
      this.#database.exec('BEGIN')
      try {
        this.#queries.sweepSuperseded.run(from, to)
        this.#queries.sweepDeletions.run(from, to)
        this.#database.exec('COMMIT')
      } catch (error) {
        this.#database.exec('ROLLBACK')
        throw error
      }
      this.#swept = to
    })
    return this.#swept < this.#oldest
  }

  close(): void {
    this.#guard(() => this.#database.close())
  }

  #change(row: Row): Change {
    const previous = this.#previous(row)
    // A deletion's row has no value: it shows the last state under its own revision.
    const entry = this.#entry(row.key, row.revision, row.deleted ? row.previousValue : row.value)
    if (previous === undefined) return { type: 'created', entry }
    return { type: row.deleted ? 'deleted' : 'updated', entry, previous }
  }

  #previous(row: Row): Entry | undefined {
    return row.previous === null ? undefined : this.#entry(row.key, row.previous, row.previousValue)
  }

  #entry(key: string, revision: number, value: string | null): Entry {
    try {
      const object = JSON.parse(value ?? '') as KubeObject
      object.metadata.resourceVersion = String(revision)
      return Object.freeze({ key, object: freeze(object), revision })
    } catch (error) {
      throw damaged(this.#file, error)
    }
  }

  #number(query: 'oldest' | 'newest' | 'lowest'): number {
    return Number(this.#queries[query].get()?.['revision'] ?? 0)
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw explain(error, this.#file)
    }
  }
}
