// Charging quotas for one new object, and giving back.
import { type Amounts, countOf, countText, isScoped, type Quota } from './quota.ts'

/** What one more object does to the quotas of its namespace. */
export interface Charge {
  /** Quotas as they are then; those that do not count the object are left out. */
  quotas: Quota[]
  /** Why it may not be, in Kubernetes' words. */
  problem?: string
}

/** One more object that quotas know under `names`. All of them have to agree. */
export function charge(quotas: readonly Quota[], names: readonly string[]): Charge {
  const charged: Quota[] = []
  for (const quota of quotas) {
    const { hard = {}, used = {} } = quota.status ?? {}
    const limited = isScoped(quota) ? [] : names.filter((name) => hard[name] !== undefined).toSorted()
    if (limited.length === 0) continue
    const name = quota.metadata.name ?? ''
    if (limited.some((one) => used[one] === undefined))
      return { quotas: [], problem: `status unknown for quota: ${name}, resources: ${limited.join(',')}` }
    const exceeded = limited.filter((one) => countOf(used[one]!) + 1 > countOf(hard[one]!))
    if (exceeded.length > 0) {
      const list = (amount: (one: string) => string) => exceeded.map((one) => `${one}=${amount(one)}`).join(',')
      const requested = list(() => '1')
      return {
        quotas: [],
        problem: `exceeded quota: ${name}, requested: ${requested}, used: ${list((one) => used[one]!)}, limited: ${list((one) => hard[one]!)}`,
      }
    }
    charged.push(added(quota, limited, 1))
  }
  return { quotas: charged }
}

/** The same quotas with one object less. Names that are not used any more stay so. */
export function uncharge(quotas: readonly Quota[], names: readonly string[]): Quota[] {
  return quotas.flatMap((quota) => {
    const used = quota.status?.used ?? {}
    const charged = isScoped(quota) ? [] : names.filter((name) => countOf(used[name] ?? '0') > 0)
    return charged.length > 0 ? [added(quota, charged, -1)] : []
  })
}

function added(quota: Quota, names: readonly string[], difference: number): Quota {
  const before: Amounts = quota.status?.used ?? {}
  const changed = names.map((name) => [name, countText(countOf(before[name]!) + difference)])
  return { ...quota, status: { ...quota.status, used: { ...before, ...Object.fromEntries(changed) } } }
}
