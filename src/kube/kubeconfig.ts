// Which cluster, as whom, in which namespace: kubeconfig files, flags and the service account inside a cluster.
// The entries are read by @kubernetes/client-node; its narrow modules, because the whole takes a quarter of a second to load.
// https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import {
  newClusters,
  newContexts,
  newUsers,
  type Cluster,
  type Context,
  type User,
} from '@kubernetes/client-node/dist/config_types.js'
import { parse } from 'yaml'
import { isObject } from '../core/machinery/json/jsonObject.ts'
import { KubeconfigError, type Access } from './access.ts'
import { inCluster } from './inCluster.ts'

/** Flags and environment that decide; every one beats what the files say. */
export interface AccessOptions {
  kubeconfig?: string | undefined
  context?: string | undefined
  cluster?: string | undefined
  user?: string | undefined
  namespace?: string | undefined
  server?: string | undefined
  token?: string | undefined
  certificateAuthority?: string | undefined
  insecureSkipTlsVerify?: boolean | undefined
  /** KUBECONFIG, HOME and KUBERNETES_SERVICE_* are read from here. */
  env: Readonly<Record<string, string | undefined>>
}

interface Merged {
  clusters: Cluster[]
  users: User[]
  contexts: Context[]
  current: string
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

function filesOf(options: AccessOptions): string[] {
  if (options.kubeconfig) return [options.kubeconfig]
  const listed = options.env['KUBECONFIG']?.split(delimiter).filter((file) => file !== '') ?? []
  if (listed.length > 0) return listed
  return options.env['HOME'] ? [join(options.env['HOME'], '.kube', 'config')] : []
}

function missing(files: readonly string[], options: AccessOptions): KubeconfigError {
  const where = options.kubeconfig ? '--kubeconfig' : options.env['KUBECONFIG'] ? 'KUBECONFIG' : 'the default'
  const named = files.length > 0 ? `no kubeconfig at ${files.join(', ')} (${where})` : 'no kubeconfig'
  const hint = 'run "export KUBECONFIG=.millrace/kubeconfig" for a standalone Millrace, or pass --kubeconfig'
  return new KubeconfigError(`${named}: ${hint}`)
}

/** As kubectl merges: of several entries with one name the first wins. */
function merge(files: readonly string[]): Merged {
  const merged: Merged = { clusters: [], users: [], contexts: [], current: '' }
  for (const file of files) {
    const config = read(file)
    merged.clusters.push(...newClusters(config['clusters'], FILTER).map((c) => absolute(c, dirname(file), ['caFile'])))
    const users = newUsers(withoutTokenFiles(config['users'], dirname(file)), FILTER)
    merged.users.push(...users.map((user) => absolute(user, dirname(file), ['certFile', 'keyFile'])))
    merged.contexts.push(...newContexts(config['contexts'], FILTER))
    if (typeof config['current-context'] === 'string') merged.current ||= config['current-context']
  }
  return merged
}

// A broken entry must not hide the good ones: it is missed only when it is asked for.
const FILTER = { onInvalidEntry: 'filter' } as const

/** Largest kubeconfig that is read, in bytes. Real ones have kilobytes. */
const MAX_SIZE = 16 << 20

function read(file: string): Record<string, unknown> {
  let value: unknown
  try {
    const data = readFileSync(file)
    if (data.length > MAX_SIZE) throw new Error(`larger than ${MAX_SIZE} bytes`)
    value = parse(data.toString('utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0]! : String(error)
    throw new KubeconfigError(`cannot read the kubeconfig ${file}: ${why}`, { cause: error })
  }
  if (value === null) return {}
  if (!isObject(value)) throw new KubeconfigError(`${file} is not a kubeconfig`)
  return value
}

/** Relative paths of a kubeconfig count from its directory. */
function absolute<T extends object>(entry: T, directory: string, keys: readonly (keyof T)[]): T {
  const copy = { ...entry }
  for (const key of keys) {
    const file = copy[key]
    if (typeof file === 'string' && !isAbsolute(file)) copy[key] = join(directory, file) as T[keyof T]
  }
  return copy
}

/** client-node knows kubectl's `tokenFile` only as an auth provider, which it reads again every minute. */
function withoutTokenFiles(users: unknown, directory: string): unknown {
  if (!Array.isArray(users)) return users
  const entries = structuredClone(users) as ({ user?: Record<string, unknown> } | null)[]
  for (const entry of entries) {
    const file = entry?.user?.['tokenFile']
    if (!entry?.user || typeof file !== 'string' || file === '') continue
    delete entry.user['token']
    const tokenFile = isAbsolute(file) ? file : join(directory, file)
    entry.user['auth-provider'] = { name: 'tokenFile', config: { tokenFile } }
  }
  return entries
}

function chosen(options: AccessOptions, merged: Merged, files: readonly string[]): Access {
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

function noContext(name: string, merged: Merged, files: readonly string[]): KubeconfigError {
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
