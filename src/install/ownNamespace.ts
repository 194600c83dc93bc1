// Our namespace. It is ours to delete only if we have made it: an annotation says so, which is written when it is made and at no other
// time. Whoever applies what is printed, or names a namespace that was there, keeps theirs.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { isReason } from '../core/machinery/status.ts'
import { apply } from './apply.ts'
import type { Manifest } from './manifest.ts'
import { NAMESPACE } from './names.ts'
import { targetOf } from './resources.ts'

const MADE = 'millrace.dev/made'
/** Owner of that annotation: applying the namespace again leaves it alone. */
const FIELD_MANAGER = 'millrace-making'

/** Kubernetes' own, which every cluster has. */
const TAKEN = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

/** Why a namespace cannot be ours, and what to do; undefined when it can. */
export function takenNamespace(name: string): string | undefined {
  if (!TAKEN.includes(name)) return undefined
  // Whoever may read Secrets there could pose as the server; and what lies in our namespace never comes to admission.
  return `namespace ${name} is Kubernetes' own, and Millrace needs one that nobody else uses, for its keys lie there: choose another with --namespace, or leave it out for ${NAMESPACE}`
}

/** Whether a namespace was made by us. */
export const isMadeByUs = ({ metadata }: KubeObject): boolean => metadata.annotations?.[MADE] === 'true'

/** Makes the namespace, or brings one up to date that we have made. False: it is somebody else's, and left as it is. */
export async function ensureNamespace(client: ObjectClient, object: Manifest): Promise<boolean> {
  const { name: _, ...collection } = targetOf(object)
  const made = { ...object, metadata: { ...object.metadata, annotations: { [MADE]: 'true' } } }
  try {
    await client.create(collection, made, { fieldManager: FIELD_MANAGER })
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error
    if (!isMadeByUs(await client.get(targetOf(object)))) return false
  }
  await apply(client, object)
  return true
}
