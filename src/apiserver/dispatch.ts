// From an HTTP request to the verb that answers it.
import { managerName } from '../core/machinery/apply/track.ts'
import { PATCH_MEDIA_TYPES } from '../core/machinery/client.ts'
import type { Resource, Subresource, User, Verb } from '../core/machinery/resource.ts'
import { ApiError, methodNotSupported, unknownPath } from '../core/machinery/status.ts'
import type { Reply, Request } from '../http/handler.ts'
import type { Call } from './call.ts'
import { type Authorizer, createContext } from './context.ts'
import type { Exchange } from './exchange.ts'
import type { Admission } from './admission.ts'
import type { Asked } from './measure.ts'
import { negotiate } from './negotiate.ts'
import { dryRun, isWatch, selectedName } from './options.ts'
import { permit } from './permit.ts'
import { representationsOf } from './respond.ts'
import { parseRoute, type Route } from './route.ts'
import { create } from './verbs/create.ts'
import { remove, removeCollection } from './verbs/delete.ts'
import { get } from './verbs/get.ts'
import { list } from './verbs/list.ts'
import { patch } from './verbs/patch.ts'
import { raw } from './verbs/raw.ts'
import { update } from './verbs/update.ts'
import { watch } from './verbs/watch.ts'

const RUN: Readonly<Record<Verb, (exchange: Exchange) => Promise<Reply>>> = {
  create,
  delete: remove,
  deletecollection: removeCollection,
  get,
  list,
  patch,
  update,
  watch,
}

/** What every call needs, whichever way it came in. */
export interface Dispatcher {
  resources: ReadonlyMap<string, Resource>
  authorizer: Authorizer
  admit: Admission
}

/** Key of a resource in a dispatcher's map. */
export const resourceKey = (r: { group: string; version: string; plural: string }): string =>
  `${r.group}/${r.version}/${r.plural}`

/** Answers a request for a resource, and tells what it asks for as soon as that is known. Errors: ApiError of every kind. */
export async function dispatch(
  d: Dispatcher,
  request: Request,
  user: User,
  tell: (asked: Asked) => void,
): Promise<Reply> {
  const route = parseRoute(request.path)
  const resource = route && d.resources.get(resourceKey(route))
  if (!route || !resource) throw unknownPath()
  const subresource = resource.subresources?.find((s) => s.name === route.subresource)
  if (route.subresource && !subresource) throw unknownPath()
  checkScope(resource, route)
  const verb = verbOf(request, resource, subresource, route)
  const warnings: string[] = []
  const { namespace, name } = route
  const { signal } = request
  const dry = dryRun(verb, request.query.getAll('dryRun'))
  tell({ ...route, verb, dryRun: dry, apply: verb === 'patch' && isApply(request) })
  const context = createContext({ user, namespace, dryRun: dry, signal, authorizer: d.authorizer, warnings })
  const manager = managerName(request.query.get('fieldManager'), headerOf(request, 'user-agent'))
  const call: Call = { resource, context, name, manager, ...(subresource && { subresource }) }
  // Whoever has a right to one name may list and watch what has that name.
  const selects = verb === 'list' || verb === 'watch'
  await permit(selects ? { ...call, name: selectedName(request.query) } : call, verb)
  const accepted = negotiate(headerOf(request, 'accept'), representationsOf(call))
  const exchange: Exchange = { request, call, accepted, warnings, admit: d.admit }
  return (await raw(exchange)) ?? RUN[verb](exchange)
}

const isApply = (request: Request): boolean =>
  headerOf(request, 'content-type')?.startsWith(PATCH_MEDIA_TYPES.apply) ?? false

function headerOf(request: Request, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

/** Namespaced objects are only reached through a namespace, cluster-scoped ones never. */
function checkScope(resource: Resource, route: Route): void {
  if (!resource.namespaced && route.namespace) throw unknownPath()
  if (resource.namespaced && !route.namespace && route.name) throw unknownPath()
}

/** The verb of a method on this path. Errors: 405 when the path knows other methods, 404 when it knows none. */
function verbOf(request: Request, resource: Resource, subresource: Subresource | undefined, route: Route): Verb {
  const verbs = (subresource ?? resource).verbs
  const collection = !route.name
  const crossNamespace = resource.namespaced && !route.namespace
  const allowed = verbs.filter((v) => {
    if (v === 'watch') return collection
    if (crossNamespace) return v === 'list'
    if (subresource && v === 'create') return true
    return collection === COLLECTION_VERBS.has(v)
  })
  const verb = methodVerb(request, collection)
  if (verb && allowed.includes(verb)) return verb
  if (verb === 'watch' && allowed.includes('list')) throw methodNotSupported(resource, 'watch')
  if (allowed.length === 0) throw unknownPath()
  throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

const COLLECTION_VERBS: ReadonlySet<Verb> = new Set(['create', 'deletecollection', 'list', 'watch'])

function methodVerb(request: Request, collection: boolean): Verb | undefined {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      if (!collection) return 'get'
      // A HEAD has no body to stream events into.
      return request.method === 'GET' && isWatch(request.query) ? 'watch' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return collection ? undefined : 'update'
    case 'PATCH':
      return collection ? undefined : 'patch'
    case 'DELETE':
      return collection ? 'deletecollection' : 'delete'
    default:
      return undefined
  }
}
