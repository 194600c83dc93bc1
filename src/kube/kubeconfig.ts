// Which cluster, as whom, in which namespace: kubeconfig files, flags and the service account inside a cluster.
// https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
import { existsSync } from 'node:fs'
import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js'
import { KubeconfigError, type Access } from './access.ts'
import { inCluster } from './inCluster.ts'
import { filesOf, type Kubeconfig, merge, type WhichFiles } from './kubeconfigFiles.ts'

/** Flags and environment that decide; every one beats what the files say. */
export interface AccessOptions extends WhichFiles {
  context?: string | undefined
  cluster?: string | undefined
  user?: string | undefined
  namespace?: string | undefined
  server?: string | undefined
  token?: string | undefined
  certificateAuthority?: string | undefined
  insecureSkipTlsVerify?: boolean | undefined
}

/** Finds the access that flags and files describe. Throws KubeconfigError. */
export function loadAccess(options: AccessOptions): Access {
  const files = filesOf(options)
  const present = files.filter((file) => existsSync(file))
  if (present.length === 0 && options.server) return overridden(options, { name: '', server: '', skipTLSVerify: false })
  const within = present.length === 0 && !options.kubeconfig ? inCluster(options.env) : undefined
  if (within) return { ...within, namespace: options.namespace ?? within.namespace }
  if (present.length === 0) throw missing(files, options)
  return chosen(options, merge(present), present)
}

function missing(files: readonly string[], options: AccessOptions): KubeconfigError {
  const where = options.kubeconfig ? '--kubeconfig' : options.env['KUBECONFIG'] ? 'KUBECONFIG' : 'the default'
  const named = files.length > 0 ? `no kubeconfig at ${files.join(', ')} (${where})` : 'no kubeconfig'
  const hint = 'run "export KUBECONFIG=.millrace/kubeconfig" for a standalone Millrace, or pass --kubeconfig'
  return new KubeconfigError(`${named}: ${hint}`)
}

function chosen(options: AccessOptions, merged: Kubeconfig, files: readonly string[]): Access {
  const name = options.context ?? merged.current
  const context = merged.contexts.find((c) => c.name === name)
  if (!context && (options.context || !(options.cluster || options.server))) throw noContext(name, merged, files)
  const clusterName = options.cluster ?? context?.cluster
  const cluster = merged.clusters.find((c) => c.name === clusterName)
  if (!cluster && !options.server) {
    throw new KubeconfigError(`the kubeconfig has no usable cluster "${clusterName}" (${files.join(', ')})`)
  }
  const userName = options.user ?? context?.user
  const user = merged.users.find((u) => u.name === userName)
  if (!user && userName)
    throw new KubeconfigError(`the kubeconfig has no usable user "${userName}" (${files.join(', ')})`)
  return overridden(options, cluster ?? { name: '', server: '', skipTLSVerify: false }, user, context?.namespace)
}

function noContext(name: string, merged: Kubeconfig, files: readonly string[]): KubeconfigError {
  const have = merged.contexts.map((c) => c.name).slice(0, 10)
  const known = have.length > 0 ? `; it has: ${have.join(', ')}` : ''
  if (!name) return new KubeconfigError(`no current context in ${files.join(', ')}: pass --context${known}`)
  return new KubeconfigError(`no context named "${name}" in ${files.join(', ')}${known}`)
}

function overridden(options: AccessOptions, cluster: Cluster, user?: User, namespace?: string): Access {
  const ca = options.certificateAuthority
  const { caData: _, caFile: __, ...withoutCa } = cluster
  return {
    cluster: {
      ...(ca || options.insecureSkipTlsVerify ? withoutCa : cluster),
      ...(options.server && { server: options.server.replace(/\/$/, '') }),
      ...(ca && { caFile: ca }),
      ...(options.insecureSkipTlsVerify && { skipTLSVerify: true }),
    },
    // A token given on the command line replaces whatever the file says about this user.
    user: options.token ? { name: 'token', token: options.token } : (user ?? { name: '' }),
    namespace: options.namespace ?? namespace ?? 'default',
  }
}
