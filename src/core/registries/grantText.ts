// The record of grants as a text: small, and strict about what it reads. {"NAME":{"per":3600000,"grants":[["HOLDER",5,1700000000000]]}}
import { hash } from '../machinery/hash.ts'
import type { Granted, GrantRecord } from './grants.ts'

/** Characters of a record: a ConfigMap holds 1 MiB, and its limits (see claim.ts) come to less. */
export const RECORD_LIMIT = 960 * 1024

/** A record that nobody of us has written. */
export class DamagedRecord extends Error {
  override name = 'DamagedRecord'
}

/**
 * The name of an account; without host and user: of what has no room of its own under that prefix. A hash: it is of a fixed length, and
 * whoever may read ConfigMaps need not learn who asks which registry.
 */
export function accountName(prefix: string, host = '', user = ''): string {
  return hash('sha256', JSON.stringify([prefix, host, user])).toString('hex', 0, 12)
}

export function writeRecord(record: GrantRecord): string {
  const accounts = Array.from(record, ([name, { per, grants }]) => [
    name,
    { per, grants: grants.map(({ holder, count, until }) => [holder, count, Math.ceil(until)]) },
  ])
  return JSON.stringify(Object.fromEntries(accounts))
}

/** Error: DamagedRecord. '' is an empty one. */
export function readRecord(text: string): GrantRecord {
  if (text === '') return new Map()
  if (text.length > RECORD_LIMIT) throw new DamagedRecord('it is too long')
  const accounts = parse(text)
  if (!isObject(accounts)) return fail()
  return new Map(Object.entries(accounts).map(([name, account]) => [name, grantedOf(account)]))
}

function grantedOf(account: unknown): Granted {
  if (!isObject(account)) return fail()
  const { per, grants } = account
  if (!isCount(per) || !Array.isArray(grants)) return fail()
  return {
    per,
    grants: grants.map((grant: unknown) => {
      const [holder, count, until] = Array.isArray(grant) ? (grant as unknown[]) : []
      if (typeof holder !== 'string' || (count !== 0 && !isCount(count)) || !isCount(until)) return fail()
      return { holder, count, until }
    }),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return fail()
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0

function fail(): never {
  throw new DamagedRecord('it is not what a server writes')
}
