// Users by bearer token, whom the cluster knows: for those who do not come through the aggregator.
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#webhook-token-authentication
import type { ObjectClient } from '../../core/machinery/client.ts'
import { silent, type Log } from '../../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../../core/machinery/metrics.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { User } from '../../core/machinery/resource.ts'
import { OwnRights } from '../../kube/ownRights.ts'
import { bearerToken, type Authenticator } from '../authenticate.ts'
import { Expiring } from './expiring.ts'
import { ReviewMeter } from './measure.ts'

/** Milliseconds for which an answer counts: as long as a token that is withdrawn goes on to work. Kubernetes' default. */
const LIFETIME = 10_000

const REVIEWS = { resource: { group: 'authentication.k8s.io', version: 'v1', plural: 'tokenreviews' } }

interface TokenReview extends KubeObject {
  status?: {
    authenticated?: boolean
    user?: { username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> }
  }
}

/** Asks the cluster, and remembers for a few seconds. Rejects when the cluster cannot be asked. */
export function byTokenReview(client: ObjectClient, metrics: Metrics = unmeasured, log: Log = silent): Authenticator {
  const meter = new ReviewMeter(metrics, 'authn')
  const rights = new OwnRights(log)
  const known = new Expiring<User | undefined>(LIFETIME)
  return async (request) => {
    const token = bearerToken(request)
    if (token === undefined) return undefined
    return meter
      .get(known, token, () => review(client, token))
      .catch((error: unknown) => {
        throw rights.failure(error, REVIEWS.resource.plural)
      })
  }
}

async function review(client: ObjectClient, token: string): Promise<User | undefined> {
  const { status } = await client.create<TokenReview>(REVIEWS, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    metadata: {},
    spec: { token },
  } as KubeObject)
  const { username, uid, groups = [], extra } = status?.user ?? {}
  if (!status?.authenticated || !username) return undefined
  return { name: username, groups, ...(uid && { uid }), ...(extra && { extra }) }
}
