// Quotas for tests.
import type { ObjectClient } from '../../src/core/machinery/client.ts'
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

/** Creates a quota that is in force, as if a controller had counted. */
export async function enforce(
  client: ObjectClient,
  name: string,
  amounts: Readonly<Record<string, string>>,
  namespace = 'default',
): Promise<void> {
  const { spec, status } = quota(name, amounts)
  await client.create({ resource: QUOTAS, namespace }, { metadata: { name }, spec } as Quota)
  await client.patch({ resource: QUOTAS, namespace, name, subresource: 'status' }, 'merge', { status })
}

/** What a quota says is used. */
export async function usedOf(client: ObjectClient, name: string, namespace = 'default'): Promise<Amounts> {
  const { status } = await client.get<Quota>({ resource: QUOTAS, namespace, name })
  return status?.used ?? {}
}
