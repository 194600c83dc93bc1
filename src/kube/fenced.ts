// A client for work that only one may do: nothing is written once the right to do so has ended.
import type { ObjectClient } from '../core/machinery/client.ts'

/** A write came too late. Not an answer of the server: whoever holds the right now does the same. */
export class Fenced extends Error {
  override name = 'Fenced'
}

/** Reads go through; writes reject with Fenced unless `holds`, asked right before each. */
export function fenced(client: ObjectClient, holds: () => boolean): ObjectClient {
  const write = <T>(request: () => Promise<T>): Promise<T> =>
    holds() ? request() : Promise.reject(new Fenced('the lease is lost: somebody else does this now'))
  return {
    get: (...args) => client.get(...args),
    list: (...args) => client.list(...args),
    watch: (...args) => client.watch(...args),
    create: (...args) => write(() => client.create(...args)),
    update: (...args) => write(() => client.update(...args)),
    patch: (...args) => write(() => client.patch(...args)),
    delete: (...args) => write(() => client.delete(...args)),
  }
}
