// What an installation can be told.
import { NAMESPACE } from './names.ts'

/** Settings of an installation. */
export interface Settings {
  namespace: string
  /** Reference of the container image. */
  image: string
  /** When nodes fetch the image: Always, IfNotPresent or Never. */
  imagePullPolicy: (typeof PULL_POLICIES)[number]
  /** Names of Secrets in the namespace with which nodes pull the image. */
  imagePullSecrets: readonly string[]
  replicas: number
  /** Of Millrace: what labels say. */
  version: string
  /** Who makes the certificates: Millrace itself, or cert-manager. */
  certificates: 'own' | 'cert-manager'
  /** Namespaces whose pull secrets imports may use; undefined: all. */
  pullSecretsFrom?: readonly string[]
  priorityClassName?: string
  /** Custom kinds of workloads that triggers work on, as `--workload-kind` names them. */
  workloadKinds: readonly string[]
  /** Ranges of addresses that imports may go to though they are loopback, link-local or the like. */
  allowRegistryAddresses: readonly string[]
  /** What is said of registries: YAML, which somebody has read before. Without it a ConfigMap that is there stays as it is. */
  registries?: string
  /** Freshness of scheduled tags that have none of their own: a duration. */
  refresh: string
  logLevel: (typeof LOG_LEVELS)[number]
}

export const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
/** More servers of one API help nobody: each follows everything. */
export const MOST_REPLICAS = 20

/** What is not said. The image has no default: nobody can know where yours lies. */
export const DEFAULTS = {
  namespace: NAMESPACE,
  imagePullPolicy: 'IfNotPresent',
  imagePullSecrets: [],
  replicas: 2,
  certificates: 'own',
  workloadKinds: [],
  allowRegistryAddresses: [],
  refresh: '60s',
  logLevel: 'info',
} as const satisfies Partial<Settings>
