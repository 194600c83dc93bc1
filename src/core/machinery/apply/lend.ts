// Ownership of one field that has an endpoint of its own: `.spec.replicas`, written through the subresource scale. The
// subresource shows who holds the field, what is written there moves the hold, and the hold goes back to the parent.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
import type { ManagedFieldsEntry } from '../object.ts'
import type { Element } from './element.ts'
import { difference, intersection, isEmpty, setOf, union } from './fieldSet.ts'
import { decodeHoldings, encodeHoldings, idOf, type Holding, type Holdings } from './managers.ts'

/** A field that lies at the same place in two kinds. */
export interface SharedField {
  path: readonly Element[]
  /** What the parent is, `apps/v1`. */
  parent: string
  /** What the subresource speaks, `autoscaling/v1`. */
  child: string
}

type Entries = readonly ManagedFieldsEntry[] | undefined

const holds = ({ fields }: Holding, path: readonly Element[]): boolean => !isEmpty(intersection(fields, setOf([path])))

/** One manager, whichever of the two kinds it wrote. */
const whose = ({ manager, operation, subresource }: Holding): string =>
  JSON.stringify([operation, manager, subresource])

/** managedFields of the subresource's object: who holds the shared field in the parent. Undefined: nobody. */
export function lend(entries: Entries, { path, child }: SharedField): ManagedFieldsEntry[] | undefined {
  const lent = new Map<string, Holding>()
  for (const holding of held(entries, path).values()) {
    const next = { ...holding, apiVersion: child, fields: setOf([path]) }
    lent.set(idOf(next), next)
  }
  return encodeHoldings(lent)
}

/** managedFields of the parent once the subresource, written, has `lent`. */
export function takeBack(entries: Entries, lent: Entries, shared: SharedField): ManagedFieldsEntry[] | undefined {
  const { path, parent } = shared
  const field = setOf([path])
  const left = new Map(Array.from(held(lent, path).values(), (holding) => [whose(holding), holding]))
  const result = new Map<string, Holding>()
  for (const [id, holding] of decodeHoldings(entries) ?? []) {
    const keeper = holds(holding, path) ? left.get(whose(holding)) : undefined
    const fields = keeper ? holding.fields : difference(holding.fields, field)
    result.set(id, { ...holding, fields, time: keeper?.time ?? holding.time })
    if (keeper) left.delete(whose(holding))
  }
  for (const holding of left.values()) {
    const next = { ...holding, apiVersion: parent }
    const mine = result.get(idOf(next))
    result.set(idOf(next), { ...next, fields: mine ? union(mine.fields, field) : field })
  }
  return encodeHoldings(result)
}

/** Those who hold the field. Entries that cannot be read are none. */
function held(entries: Entries, path: readonly Element[]): Holdings {
  return new Map([...(decodeHoldings(entries) ?? [])].filter(([, holding]) => holds(holding, path)))
}
