// Asking the cluster what we may.
// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'

const REVIEWS = { resource: { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectaccessreviews' } }

interface SelfSubjectAccessReview extends KubeObject {
  status?: { allowed?: boolean }
}

/** What is asked. `plural` may name a subresource: `resourcequotas/status`. */
export interface AccessQuestion {
  group: string
  plural: string
  verb: string
  namespace?: string | undefined
  name?: string | undefined
}

/** Those of the questions that are answered with no, in words: for each resource the verbs, as in `get/list pods`. */
export async function denied(client: ObjectClient, questions: readonly AccessQuestion[]): Promise<string[]> {
  const distinct = new Map(questions.map((question) => [`${question.verb} ${resourceOf(question)}`, question]))
  const answers = await Promise.all(
    [...distinct.values()].map(async (question) => {
      const { group, plural, verb, namespace, name } = question
      const [resource, subresource] = plural.split('/')
      const resourceAttributes = { group, version: '*', resource, subresource, verb, namespace, name }
      const { status } = await client.create<SelfSubjectAccessReview>(REVIEWS, {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        metadata: {},
        spec: { resourceAttributes },
      } as KubeObject)
      return status?.allowed ? undefined : question
    }),
  )
  return inWords(answers.filter((question) => question !== undefined))
}

/** For each resource the verbs: `get/list pods`. */
export function inWords(questions: readonly AccessQuestion[]): string[] {
  return [...Map.groupBy(questions, resourceOf)].map(([resource, same]) => {
    const verbs = new Set(same.map(({ verb }) => verb))
    return `${[...verbs].join('/')} ${resource}`
  })
}

function resourceOf({ group, plural, namespace, name }: AccessQuestion): string {
  const resource = group ? `${plural}.${group}` : plural
  return `${resource}${name ? ` "${name}"` : ''}${namespace ? ` in namespace ${namespace}` : ''}`
}
