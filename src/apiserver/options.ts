// Query parameters of the verbs, parsed once.
import type { DeleteOptions, ListOptions, WatchOptions } from '../core/machinery/resource.ts'
import { parseFieldSelector } from '../core/machinery/selectors/fields.ts'
import { parseLabelSelector } from '../core/machinery/selectors/labels.ts'
import { badRequest } from '../core/machinery/status.ts'
import type { FieldValidation } from './decode.ts'

/** Without a limit of the client's a list is whole; with one it is at most this. */
const MAX_LIMIT = 10_000

export function listOptions(query: URLSearchParams): ListOptions {
  const options: ListOptions = {}
  const labels = query.get('labelSelector')
  if (labels) options.labels = parseLabelSelector(labels)
  const fields = query.get('fieldSelector')
  if (fields) options.fields = parseFieldSelector(fields)
  const limit = integer(query, 'limit')
  if (limit) options.limit = Math.min(limit, MAX_LIMIT)
  for (const key of ['continue', 'resourceVersion'] as const) {
    const value = query.get(key)
    if (value) options[key] = value
  }
  const match = query.get('resourceVersionMatch')
  if (match) options.resourceVersionMatch = oneOf('resourceVersionMatch', match, ['Exact', 'NotOlderThan'] as const)
  return options
}

export function watchOptions(query: URLSearchParams): WatchOptions {
  const options: WatchOptions = listOptions(query)
  const initial = flag(query, 'sendInitialEvents')
  if (options.resourceVersionMatch && !initial)
    throw badRequest('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
  if (initial && options.resourceVersionMatch !== 'NotOlderThan')
    throw badRequest('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  if (initial) options.sendInitialEvents = true
  if (flag(query, 'allowWatchBookmarks')) options.allowBookmarks = true
  return options
}

export function isWatch(query: URLSearchParams): boolean {
  return flag(query, 'watch')
}

/** True for dryRun=All. Error: BadRequest for anything else. */
export function dryRun(values: readonly string[]): boolean {
  const given = values.filter((v) => v !== '')
  for (const value of given) oneOf('dryRun', value, ['All'] as const)
  return given.length > 0
}

export function fieldValidation(query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation')
  return value ? oneOf('fieldValidation', value, ['Ignore', 'Warn', 'Strict'] as const) : 'Warn'
}

/** A watch's or list's end, in seconds; undefined when the client sets none. */
export function timeoutSeconds(query: URLSearchParams): number | undefined {
  return integer(query, 'timeoutSeconds')
}

/** DeleteOptions from the query and the body (meta/v1 DeleteOptions), which wins. */
export function deleteOptions(query: URLSearchParams, body: unknown): DeleteOptions & { dryRun: boolean } {
  const given = (body ?? {}) as {
    gracePeriodSeconds?: number
    propagationPolicy?: string
    orphanDependents?: boolean
    dryRun?: string[]
    preconditions?: { uid?: string; resourceVersion?: string }
  }
  const options: DeleteOptions & { dryRun: boolean } = {
    dryRun: dryRun([...query.getAll('dryRun'), ...(given.dryRun ?? [])]),
  }
  const grace = given.gracePeriodSeconds ?? integer(query, 'gracePeriodSeconds')
  if (grace !== undefined && grace !== null) {
    if (!Number.isInteger(grace)) throw badRequest('gracePeriodSeconds must be a whole number of seconds')
    options.gracePeriodSeconds = grace
  }
  const policy =
    given.propagationPolicy ?? query.get('propagationPolicy') ?? (given.orphanDependents ? 'Orphan' : undefined)
  if (policy)
    options.propagationPolicy = oneOf('propagationPolicy', policy, ['Orphan', 'Background', 'Foreground'] as const)
  if (given.preconditions?.uid) options.uid = given.preconditions.uid
  if (given.preconditions?.resourceVersion) options.resourceVersion = given.preconditions.resourceVersion
  return options
}

function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && value !== '' && value !== 'false' && value !== '0'
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  if (!/^\d{1,10}$/.test(value))
    throw badRequest(`Invalid value: ${JSON.stringify(value)}: ${name} must be a whole number, not negative`)
  return Number(value)
}

function oneOf<const T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((a) => a === value)
  if (!found)
    throw badRequest(
      `Unsupported value: ${JSON.stringify(value)}: ${name} supports ${allowed.map((a) => JSON.stringify(a)).join(', ')}`,
    )
  return found
}
