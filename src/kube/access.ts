// The access to a cluster that everything else in this directory starts from.
import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js'

/** A cluster, a user and a namespace. */
export interface Access {
  cluster: Cluster
  user: User
  namespace: string
}

/** The kubeconfig is missing, unreadable or incomplete; the message says what to do. */
export class KubeconfigError extends Error {
  override name = 'KubeconfigError'
}
