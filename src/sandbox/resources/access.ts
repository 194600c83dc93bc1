// Questions about rights, answered by whoever authorizes requests.
import type { AccessQuestion, Context, Resource } from '../../core/machinery/resource.ts'
import { badRequest } from '../../core/machinery/status.ts'
import { FIELD_NUMBERS } from '../protobuf/numbers.ts'
import { SelfSubjectAccessReview, SelfSubjectRulesReview, SubjectAccessReview } from '../types/access.ts'

const group = 'authorization.k8s.io'

type Spec = SelfSubjectAccessReview['spec']

function questionOf({ resourceAttributes: r, nonResourceAttributes: n }: Spec): AccessQuestion {
  if (n) return { verb: n.verb ?? '', group: '', resource: '', path: n.path ?? '' }
  if (!r) throw badRequest('spec.resourceAttributes or spec.nonResourceAttributes must be set')
  return {
    verb: r.verb ?? '',
    group: r.group ?? '',
    resource: r.resource ?? '',
    ...(r.subresource && { subresource: r.subresource }),
    ...(r.namespace && { namespace: r.namespace }),
    ...(r.name && { name: r.name }),
  }
}

async function answer(context: Context, spec: Spec): Promise<SelfSubjectAccessReview['status']> {
  const { allowed, reason, evaluationError } = await context.authorize(questionOf(spec))
  return { allowed, ...(reason && { reason }), ...(evaluationError && { evaluationError }) }
}

const review = (kind: string) => ({
  group,
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  namespaced: false,
  verbs: ['create'] as const,
  protobuf: FIELD_NUMBERS,
})

const selfReview: Resource<SelfSubjectAccessReview> = {
  ...review('SelfSubjectAccessReview'),
  schema: SelfSubjectAccessReview,
  endpoint: {
    create: async (context, object) => ({ ...object, status: await answer(context, object.spec) }),
  },
}

const EVERYTHING = ['*']

const rulesReview: Resource<SelfSubjectRulesReview> = {
  ...review('SelfSubjectRulesReview'),
  schema: SelfSubjectRulesReview,
  endpoint: {
    async create(context, object) {
      if (!object.spec.namespace) throw badRequest('no namespace on request')
      const question = { verb: '*', group: '*', resource: '*', namespace: object.spec.namespace }
      const { allowed } = await context.authorize(question)
      const status = {
        resourceRules: allowed ? [{ verbs: EVERYTHING, apiGroups: EVERYTHING, resources: EVERYTHING }] : [],
        nonResourceRules: allowed ? [{ verbs: EVERYTHING, nonResourceURLs: EVERYTHING }] : [],
        incomplete: !allowed,
      }
      return { ...object, status }
    },
  },
}

const otherReview: Resource<SubjectAccessReview> = {
  ...review('SubjectAccessReview'),
  schema: SubjectAccessReview,
  endpoint: {
    async create(context, object) {
      // context.authorize speaks of the caller.
      if (object.spec.user === context.user.name) return { ...object, status: await answer(context, object.spec) }
      const reason = 'the sandbox knows one user only'
      return { ...object, status: { allowed: false, reason } }
    },
  },
}

/** The reviews of authorization.k8s.io/v1 that clients ask for. */
export function accessResources(): Resource[] {
  return [selfReview, rulesReview, otherReview]
}
