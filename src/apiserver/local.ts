// The in-process ObjectClient: the verbs without HTTP, encoding and parsing.
import type {
  DeleteRequest,
  Named,
  ObjectClient,
  PatchType,
  ReadOptions,
  Target,
  WatchRequest,
  WriteOptions,
} from '../core/machinery/client.ts'
import { clone } from '../core/machinery/json/clone.ts'
import { apiVersionOf, type KubeObject, type ObjectList, type WatchEvent } from '../core/machinery/object.ts'
import type { ListOptions, User, WatchOptions } from '../core/machinery/resource.ts'
import { parseFieldSelector } from '../core/machinery/selectors/fields.ts'
import { parseLabelSelector } from '../core/machinery/selectors/labels.ts'
import { methodNotSupported, type Status, unknownPath } from '../core/machinery/status.ts'
import { type Call, endpointOf, spokenBy } from './call.ts'
import { createContext } from './context.ts'
import { decodeObject } from './decode.ts'
import { type Dispatcher, resourceKey } from './dispatch.ts'
import { createDecoded } from './verbs/create.ts'
import { removeDecoded } from './verbs/delete.ts'
import { patchDecoded } from './verbs/patch.ts'
import { updateDecoded } from './verbs/update.ts'

/** Owner of what is written in this process without another name. */
const DEFAULT_MANAGER = 'millrace'

const NEVER = new AbortController().signal

/** The API for code in this process, as one user. */
export class LocalClient implements ObjectClient {
  readonly #dispatcher: Dispatcher
  readonly #user: User

  constructor(dispatcher: Dispatcher, user: User) {
    this.#dispatcher = dispatcher
    this.#user = user
  }

  async get<T extends KubeObject>(target: Named, options: { signal?: AbortSignal } = {}): Promise<T> {
    const call = this.#call(target, options)
    const endpoint = endpointOf(call)
    if (!endpoint.get) throw methodNotSupported(call.resource, 'get')
    return named(call, await endpoint.get(call.context, call.name)) as T
  }

  async list<T extends KubeObject>(target: Target, options: ReadOptions = {}): Promise<ObjectList<T>> {
    const call = this.#call(target, options)
    const endpoint = endpointOf(call)
    if (!endpoint.list) throw methodNotSupported(call.resource, 'list')
    return (await endpoint.list(call.context, readOptions(options))) as ObjectList<T>
  }

  async *watch<T extends KubeObject>(target: Target, options: WatchRequest = {}): AsyncGenerator<WatchEvent<T>> {
    const { timeoutSeconds, signal = NEVER } = options
    const ends = timeoutSeconds ? AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]) : signal
    const call = this.#call(target, { signal: ends })
    const endpoint = endpointOf(call)
    if (!endpoint.watch) throw methodNotSupported(call.resource, 'watch')
    const asked: WatchOptions = readOptions(options)
    if (timeoutSeconds) asked.timeout = timeoutSeconds * 1000
    if (options.allowWatchBookmarks) asked.allowBookmarks = true
    if (options.sendInitialEvents !== undefined) asked.sendInitialEvents = options.sendInitialEvents
    yield* endpoint.watch(call.context, asked) as AsyncIterable<WatchEvent<T>>
  }

  async create<T extends KubeObject>(
    target: Target | Named,
    object: KubeObject,
    options: WriteOptions = {},
  ): Promise<T> {
    const call = this.#call(target, options)
    const decoded = this.#decode(call, object, options)
    return named(call, await createDecoded(call, decoded, this.#dispatcher.admit)) as T
  }

  async update<T extends KubeObject>(target: Named, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    const call = this.#call(target, options)
    const decoded = this.#decode(call, object, options)
    return named(call, (await updateDecoded(call, decoded, this.#dispatcher.admit)).object) as T
  }

  async patch<T extends KubeObject>(
    target: Named,
    type: PatchType,
    patch: unknown,
    options: WriteOptions & { force?: boolean } = {},
  ): Promise<T> {
    const call = this.#call(target, options)
    const { fieldManager, force = false, fieldValidation = 'Ignore' } = options
    const asked = {
      type,
      patch: clone(patch),
      validation: fieldValidation,
      force,
      ...(fieldManager && { fieldManager }),
    }
    return named(call, (await patchDecoded(call, asked, this.#dispatcher.admit)).object) as T
  }

  async delete<T extends KubeObject>(target: Named, options: DeleteRequest = {}): Promise<T | Status> {
    const { dryRun: _dryRun, signal: _signal, ...how } = options
    return (await removeDecoded(this.#call(target, options), how, this.#dispatcher.admit)) as T | Status
  }

  #decode(call: Call, object: KubeObject, options: WriteOptions): KubeObject {
    return decodeObject(spokenBy(call), object, options.fieldValidation ?? 'Ignore', call.context.warn)
  }

  #call(target: Target | Named, options: { dryRun?: boolean; signal?: AbortSignal; fieldManager?: string }): Call {
    const resource = this.#dispatcher.resources.get(resourceKey(target.resource))
    if (!resource) throw unknownPath()
    const { name = '', subresource: wanted } = target as Partial<Named>
    const subresource = wanted ? resource.subresources?.find((s) => s.name === wanted) : undefined
    if (wanted && !subresource) throw unknownPath()
    const context = createContext({
      user: this.#user,
      namespace: resource.namespaced ? (target.namespace ?? '') : '',
      dryRun: options.dryRun ?? false,
      signal: options.signal ?? NEVER,
      authorizer: this.#dispatcher.authorizer,
      warnings: [],
    })
    const manager = options.fieldManager ?? DEFAULT_MANAGER
    return { resource, context, name, manager, ...(subresource && { subresource }) }
  }
}

/** The object with kind and apiVersion, as it comes over HTTP. Copies only the top level. */
function named(call: Call, object: KubeObject | Status): KubeObject | Status {
  if (object.kind) return object
  const { kind, ...gv } = spokenBy(call)
  return { kind, apiVersion: apiVersionOf(gv), ...object }
}

function readOptions(options: ReadOptions): ListOptions {
  const { labelSelector, fieldSelector, limit, resourceVersion, resourceVersionMatch } = options
  return {
    ...(labelSelector && { labels: parseLabelSelector(labelSelector) }),
    ...(fieldSelector && { fields: parseFieldSelector(fieldSelector) }),
    ...(limit && { limit }),
    ...(options.continue && { continue: options.continue }),
    ...(resourceVersion && { resourceVersion }),
    ...(resourceVersionMatch && { resourceVersionMatch }),
  }
}
