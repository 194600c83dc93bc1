// The kubeconfig files: which they are, and what they say together.
// The entries are read by @kubernetes/client-node; its narrow modules, because the whole takes a quarter of a second to load.
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
import { KubeconfigError } from './access.ts'

/** What decides about the files. */
export interface WhichFiles {
  /** Of the flag: this file and no other. */
  kubeconfig?: string | undefined
  /** KUBECONFIG, HOME and, inside a cluster, KUBERNETES_SERVICE_* are read from here. */
  env: Readonly<Record<string, string | undefined>>
}

/** Kubeconfig files as one. */
export interface Kubeconfig {
  clusters: Cluster[]
  users: User[]
  contexts: Context[]
  /** Name of the current context, or ''. */
  current: string
}

/** The files that count, in their order, whether they are there or not. */
export function filesOf(options: WhichFiles): string[] {
  if (options.kubeconfig) return [options.kubeconfig]
  const listed = options.env['KUBECONFIG']?.split(delimiter).filter((file) => file !== '') ?? []
  if (listed.length > 0) return listed
  return options.env['HOME'] ? [join(options.env['HOME'], '.kube', 'config')] : []
}

/** What the files that are there say. Throws KubeconfigError. */
export function readKubeconfig(options: WhichFiles): Kubeconfig {
  return merge(filesOf(options).filter((file) => existsSync(file)))
}

/** The file that changes are written to: of several the first that is there, else the last. Throws KubeconfigError. */
export function destinationOf(options: WhichFiles): string {
  const files = filesOf(options)
  const file = files.find((one) => existsSync(one)) ?? files.at(-1)
  if (file === undefined) throw new KubeconfigError('no kubeconfig to write to: pass --kubeconfig, or set KUBECONFIG')
  return file
}

/** What the files say together, as kubectl merges them: of several entries with one name the first wins. Throws KubeconfigError. */
export function merge(files: readonly string[]): Kubeconfig {
  const merged: Kubeconfig = { clusters: [], users: [], contexts: [], current: '' }
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
