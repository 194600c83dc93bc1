// Query parameters of the verbs, parsed once.
import type { DeleteOptions as DeleteBody } from '../core/machinery/meta/deleteOptions.ts'
import { forbidden, invalid as invalidValue, notSupported } from '../core/machinery/fieldError.ts'
import type { DeleteOptions, GetOptions, ListOptions, Verb, WatchOptions } from '../core/machinery/resource.ts'
import { parseFieldSelector } from '../core/machinery/selectors/fields.ts'
import { parseLabelSelector } from '../core/machinery/selectors/labels.ts'
import { type ApiError, badRequest, invalid } from '../core/machinery/status.ts'
import type { FieldValidation } from './decode.ts'

/** Without a limit of the client's a list is whole; with one it is at most this. */
const MAX_LIMIT = 10_000

/** Seconds: what a timer of Node can count, 2^31 ms, is little more. Longer timeouts would end at once. */
const MAX_TIMEOUT = 2_000_000

/** Kinds of meta.k8s.io that query parameters are the fields of: errors name them. */
type OptionsKind = 'CreateOptions' | 'DeleteOptions' | 'ListOptions' | 'PatchOptions' | 'UpdateOptions'

const KINDS: Readonly<Partial<Record<Verb, OptionsKind>>> = {
  create: 'CreateOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
  patch: 'PatchOptions',
  update: 'UpdateOptions',
}

const NO_OPTIONS: GetOptions = {}

/** Options of a read: most have none. */
export function getOptions(query: URLSearchParams): GetOptions {
  const resourceVersion = query.size > 0 && query.get('resourceVersion')
  return resourceVersion ? { resourceVersion } : NO_OPTIONS
}

/** Options of a list. Errors: BadRequest, Invalid. */
export function listOptions(query: URLSearchParams): ListOptions {
  if (switched(query, 'sendInitialEvents') !== undefined)
    throw refusedOption('sendInitialEvents', 'sendInitialEvents is forbidden for list')
  return selection(query)
}

function selection(query: URLSearchParams): ListOptions {
  const options: ListOptions = {}
  const labels = query.get('labelSelector')
  if (labels) options.labels = parseLabelSelector(labels)
  const fields = query.get('fieldSelector')
  if (fields) options.fields = parseFieldSelector(fields)
  // As in Kubernetes, one below zero limits nothing.
  const limit = integer(query, 'limit', /^-?\d{1,10}$/)
  if (limit !== undefined && limit > 0) options.limit = Math.min(limit, MAX_LIMIT)
  for (const key of ['continue', 'resourceVersion'] as const) {
    const value = query.get(key)
    if (value) options[key] = value
  }
  const match = query.get('resourceVersionMatch')
  if (match)
    options.resourceVersionMatch = oneOf('ListOptions', 'resourceVersionMatch', match, ['Exact', 'NotOlderThan'])
  return options
}

/** Options of a watch that ends after `seconds`. Errors: BadRequest, Invalid. */
export function watchOptions(query: URLSearchParams, seconds?: number): WatchOptions {
  const options: WatchOptions = selection(query)
  if (seconds !== undefined) options.timeout = seconds * 1000
  const initial = switched(query, 'sendInitialEvents')
  if (options.resourceVersionMatch && initial === undefined)
    throw forbiddenMatch('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
  if (initial !== undefined && options.resourceVersionMatch !== 'NotOlderThan')
    throw forbiddenMatch('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  if (options.resourceVersionMatch && options.continue)
    throw forbiddenMatch('resourceVersionMatch is forbidden when continue is provided')
  if (initial !== undefined) options.sendInitialEvents = initial
  if (flag(query, 'allowWatchBookmarks')) options.allowBookmarks = true
  return options
}

/** Kubernetes' answer to a resourceVersionMatch that does not go with the other options. */
export const forbiddenMatch = (why: string): ApiError => refusedOption('resourceVersionMatch', why)

const refusedOption = (name: string, why: string): ApiError =>
  invalid('meta.k8s.io', 'ListOptions', '', [forbidden(name, why)])

/** The name that a field selector asks for, as far as it can be in a path; '' where it asks for several. Error: BadRequest. */
export function selectedName(query: URLSearchParams): string {
  const fields = query.get('fieldSelector')
  if (!fields) return ''
  const { requirements } = parseFieldSelector(fields)
  const name = requirements.find(({ field, equals }) => field === 'metadata.name' && equals)?.value ?? ''
  return name === '.' || name === '..' || /[/%]/.test(name) ? '' : name
}

/** Whether the query asks for a watch. */
export function isWatch(query: URLSearchParams): boolean {
  return flag(query, 'watch')
}

/** True for dryRun=All; verbs that write nothing do not look. Error: Invalid for anything else. */
export function dryRun(verb: Verb, values: readonly string[]): boolean {
  const kind = KINDS[verb]
  const given = kind ? values.filter((v) => v !== '') : []
  for (const value of given) oneOf(kind!, 'dryRun', value, ['All'])
  return given.length > 0
}

/** Error: Invalid. */
export function fieldValidation(verb: 'create' | 'patch' | 'update', query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation')
  return value ? oneOf(KINDS[verb]!, 'fieldValidation', value, ['Ignore', 'Warn', 'Strict']) : 'Warn'
}

/** A watch's or list's end, in seconds; undefined when the client sets none. */
export function timeoutSeconds(query: URLSearchParams): number | undefined {
  const seconds = integer(query, 'timeoutSeconds')
  return seconds === undefined ? undefined : Math.min(seconds, MAX_TIMEOUT)
}

/** DeleteOptions from the query and the body, which wins. Errors: BadRequest, Invalid. */
export function deleteOptions(
  query: URLSearchParams,
  body: Partial<DeleteBody> = {},
): DeleteOptions & { dryRun: boolean } {
  const options: DeleteOptions & { dryRun: boolean } = {
    dryRun: dryRun('delete', [...query.getAll('dryRun'), ...(body.dryRun ?? [])]),
  }
  const grace = body.gracePeriodSeconds ?? integer(query, 'gracePeriodSeconds')
  if (grace !== undefined) options.gracePeriodSeconds = grace
  if (body.propagationPolicy && body.orphanDependents != null) {
    const both = 'orphanDependents and deletionPropagation cannot be both set'
    throw invalid('meta.k8s.io', 'DeleteOptions', '', [invalidValue('propagationPolicy', body.propagationPolicy, both)])
  }
  const policy =
    body.propagationPolicy || query.get('propagationPolicy') || (body.orphanDependents ? 'Orphan' : undefined)
  if (policy)
    options.propagationPolicy = oneOf('DeleteOptions', 'propagationPolicy', policy, [
      'Background',
      'Foreground',
      'Orphan',
    ])
  if (body.preconditions?.uid) options.uid = body.preconditions.uid
  if (body.preconditions?.resourceVersion) options.resourceVersion = body.preconditions.resourceVersion
  return options
}

const flag = (query: URLSearchParams, name: string): boolean => switched(query, name) ?? false

/** Undefined where it is not given. */
function switched(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name)
  return value === null || value === '' ? undefined : value !== 'false' && value !== '0'
}

function integer(query: URLSearchParams, name: string, form = /^\d{1,10}$/): number | undefined {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  if (!form.test(value))
    throw badRequest(`Invalid value: ${JSON.stringify(value)}: ${name} must be a whole number, not negative`)
  return Number(value)
}

function oneOf<const T extends string>(kind: OptionsKind, name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((a) => a === value)
  if (!found) throw invalid('meta.k8s.io', kind, '', [notSupported(name, value, allowed)])
  return found
}
