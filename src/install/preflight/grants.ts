// Whether whoever installs may grant what the roles of an installation give: nobody may grant what they do not have themselves.
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
import type { ObjectClient } from '../../core/machinery/client.ts'
import { ApiError } from '../../core/machinery/status.ts'
import { apply } from '../apply.ts'
import type { Manifest } from '../manifest.ts'
import { nameOf } from '../resources.ts'
import { inWords, type AccessQuestion } from './access.ts'

const KINDS = ['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding']

/** What is in the way, if anything: Kubernetes says it in a dry run. */
export async function grantObstacles(client: ObjectClient, objects: readonly Manifest[]): Promise<string[]> {
  const granting = objects.filter(({ kind }) => KINDS.includes(kind))
  const refusals = await Promise.all(granting.map((object) => refusalOf(client, object)))
  const lacking: AccessQuestion[] = []
  const others: string[] = []
  for (const [index, refusal] of refusals.entries()) {
    const rights = refusal?.reason === 'Forbidden' ? rightsIn(refusal.message) : []
    if (rights.length > 0) lacking.push(...rights)
    else if (refusal) others.push(`${nameOf(granting[index]!)}: ${refusal.message}`)
  }
  if (lacking.length === 0) return others
  const words = `you may not give to others what you may not do yourself: ${inWords(lacking).join(', ')}`
  return [`${words}: let a cluster administrator install, or get these rights first`, ...others]
}

async function refusalOf(client: ObjectClient, object: Manifest): Promise<ApiError | undefined> {
  try {
    await apply(client, object, { dryRun: true })
    return undefined
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.reason !== 'NotFound') return error
    // There is not even the namespace of a role: whoever may grant it everywhere may do so there. What a binding refers to is looked
    // at by itself.
    if (object.kind !== 'Role') return undefined
    const { namespace: _, ...metadata } = object.metadata
    return refusalOf(client, { ...object, kind: 'ClusterRole', metadata })
  }
}

/** A line of a refusal; Kubernetes writes each rule that is lacking so. */
const RULE = /^\{APIGroups:\[(.*?)\], Resources:\[(.*?)\](?:, ResourceNames:\[(.*?)\])?, Verbs:\[(.*?)\]\}$/gm

function rightsIn(message: string): AccessQuestion[] {
  const words = (list = ''): string[] => [...list.matchAll(/"(.*?)"/g)].map(([, word]) => word!)
  return [...message.matchAll(RULE)].flatMap(([, groups, resources, names, verbs]) =>
    words(groups).flatMap((group) =>
      words(resources).flatMap((plural) =>
        words(verbs).flatMap((verb): AccessQuestion[] =>
          names === undefined ? [{ group, plural, verb }] : words(names).map((name) => ({ group, plural, verb, name })),
        ),
      ),
    ),
  )
}
