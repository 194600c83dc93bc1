// Rights, as the cluster's RBAC gives them.
// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
import type { ObjectClient } from '../../core/machinery/client.ts'
import { silent, type Log } from '../../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../../core/machinery/metrics.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { AccessAnswer, AccessQuestion, User } from '../../core/machinery/resource.ts'
import { OwnRights } from '../../kube/ownRights.ts'
import type { Authorizer } from '../context.ts'
import { Expiring } from './expiring.ts'
import { ReviewMeter } from './measure.ts'

/** Milliseconds for which an answer counts: so long rights that are taken away go on to work. Kubernetes' default. */
const LIFETIME = 10_000

/** Members may do everything, also while the cluster cannot be asked. */
const MASTERS = 'system:masters'

const REVIEWS = { resource: { group: 'authorization.k8s.io', version: 'v1', plural: 'subjectaccessreviews' } }

interface SubjectAccessReview extends KubeObject {
  status?: { allowed?: boolean; reason?: string; evaluationError?: string }
}

/** Asks the cluster, and remembers for a few seconds. Rejects when the cluster cannot be asked. */
export function byAccessReview(client: ObjectClient, metrics: Metrics = unmeasured, log: Log = silent): Authorizer {
  const meter = new ReviewMeter(metrics, 'authz')
  const rights = new OwnRights(log)
  const known = new Expiring<AccessAnswer>(LIFETIME)
  return async (user, question) => {
    if (user.groups.includes(MASTERS)) return { allowed: true }
    const answer = meter.get(known, JSON.stringify([user, question]), () => review(client, user, question))
    return answer.catch((error: unknown) => {
      throw rights.failure(error, REVIEWS.resource.plural)
    })
  }
}

async function review(client: ObjectClient, user: User, question: AccessQuestion): Promise<AccessAnswer> {
  const { name, groups, uid, extra } = user
  const { verb, path } = question
  const about = path === undefined ? { resourceAttributes: question } : { nonResourceAttributes: { verb, path } }
  const { status = {} } = await client.create<SubjectAccessReview>(REVIEWS, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: { user: name, groups, ...(uid && { uid }), ...(extra && { extra }), ...about },
  } as KubeObject)
  const { allowed = false, reason, evaluationError } = status
  return { allowed, ...(reason && { reason }), ...(evaluationError && { evaluationError }) }
}
