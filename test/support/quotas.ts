// Quotas for tests.
import type { Amounts, Quota } from '../../src/core/quota/quota.ts'

export const QUOTAS = { group: '', version: 'v1', plural: 'resourcequotas' }
export const STREAMS = 'openshift.io/imagestreams'
export const COUNT = 'count/imagestreams.image.openshift.io'

/** A quota in force: "used/hard" by name; "/hard" when nobody knows what is used. */
export function quota(name: string, amounts: Readonly<Record<string, string>>, spec: object = {}): Quota {
  const part = (i: number): Amounts =>
    Object.fromEntries(
      Object.entries(amounts).flatMap(([key, text]) => (text.split('/')[i] ? [[key, text.split('/')[i]!]] : [])),
    )
  const hard = part(1)
  return { metadata: { name, uid: name }, spec: { hard, ...spec }, status: { hard, used: part(0) } }
}
