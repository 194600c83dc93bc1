// A small but faithful API server behind ObjectClient: revisions, compare-and-swap, paged lists, watches that resume, history
// that is compacted; and faults on demand. For tests of what consumes the API.
import { applyPatch, type Operation } from 'rfc6902'
import type {
  Named,
  ObjectClient,
  PatchType,
  ReadOptions,
  Target,
  WatchRequest,
} from '../../src/core/machinery/client.ts'
import { clone, freeze } from '../../src/core/machinery/json/clone.ts'
import type { KubeObject, ObjectList, ResourceRef, WatchEvent } from '../../src/core/machinery/object.ts'
import {
  alreadyExists,
  ApiError,
  conflict,
  expired,
  MODIFIED,
  notFound,
  unknownPath,
} from '../../src/core/machinery/status.ts'

interface Written {
  resource: string
  revision: number
  event: WatchEvent
}

/** A request as it came in; `body` of creates, updates and patches. */
export interface Call {
  verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'
  plural: string
  namespace?: string | undefined
  name?: string | undefined
  type?: PatchType
  body?: unknown
  options?: unknown
}

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`

export class FakeClient implements ObjectClient {
  readonly calls: Call[] = []
  /** Called before every request; what it throws is the answer. */
  fault: ((call: Call) => void | Promise<void>) | undefined
  /** Called after a write was stored, in place of nothing: a server's own logic (imports). Returns the answer. */
  readonly virtual = new Map<string, (object: KubeObject) => KubeObject>()
  /** Plurals that the server does not serve. */
  readonly missing = new Set<string>()
  revision = 100
  #oldest = 0
  #uid = 0
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  readonly #log: Written[] = []
  #woken = Promise.withResolvers<void>()
  #cut = new AbortController()

  /** Ends all watches: cleanly, or as a broken connection. */
  cutWatches(error?: Error): void {
    this.#cut.abort(error)
    this.#cut = new AbortController()
    this.#wake()
  }

  /** Forgets history: watches from before answer 410. */
  compact(): void {
    this.#oldest = this.revision
  }

  /** Calls of a verb on a plural. */
  made(verb: Call['verb'], plural: string): Call[] {
    return this.calls.filter((c) => c.verb === verb && c.plural === plural)
  }

  /** All objects of a resource. */
  all(plural: string): KubeObject[] {
    return [...(this.#objects.get(plural)?.values() ?? [])]
  }

  peek(plural: string, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(plural)?.get(keyOf(namespace, name))
  }

  /** Stores an object as it is, created or replaced. */
  put(plural: string, object: KubeObject): KubeObject {
    const { namespace, name = '' } = object.metadata
    const old = this.peek(plural, namespace ?? '', name)
    return this.#write(old ? 'MODIFIED' : 'ADDED', plural, clone(object), old)
  }

  remove(plural: string, namespace: string, name: string): void {
    const old = this.peek(plural, namespace, name)
    if (old) this.#write('DELETED', plural, clone(old), old)
  }

  async get<T extends KubeObject>(target: Named): Promise<T> {
    await this.#enter('get', target)
    return this.#existing(target) as T
  }

  async list<T extends KubeObject>(target: Target, options: ReadOptions = {}): Promise<ObjectList<T>> {
    await this.#enter('list', target, { options })
    const [after = '', version = String(this.revision)] = options.continue
      ? (JSON.parse(options.continue) as string[])
      : []
    if (Number(version) < this.#oldest) throw expired('The provided continue parameter is too old')
    const { namespace, resource } = target
    const items = this.all(resource.plural)
      .filter((o) => namespace === undefined || o.metadata.namespace === namespace)
      .filter(selected(options))
      .map((o) => ({ key: keyOf(o.metadata.namespace, o.metadata.name ?? ''), object: o }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .filter(({ key }) => key > after)
    const page = items.slice(0, options.limit ?? Infinity)
    const last = page.at(-1)
    const more = page.length < items.length && last ? { continue: JSON.stringify([last.key, version]) } : {}
    return { metadata: { resourceVersion: version, ...more }, items: page.map(({ object }) => object as T) }
  }

  async *watch<T extends KubeObject>(target: Target, options: WatchRequest = {}): AsyncGenerator<WatchEvent<T>> {
    await this.#enter('watch', target, { options })
    let position = Number(options.resourceVersion ?? this.revision)
    if (position < this.#oldest) throw expired(`too old resource version: ${position} (${this.#oldest})`)
    const cut = this.#cut.signal
    const ended = (): boolean => options.signal?.aborted === true || cut.aborted
    options.signal?.addEventListener('abort', () => this.#wake(), { once: true })
    while (!ended()) {
      for (const { resource, revision, event } of this.#log) {
        if (revision <= position || resource !== target.resource.plural || ended()) continue
        position = revision
        if (selected(options)(event.object)) yield clone(event) as WatchEvent<T>
      }
      if (!ended() && !this.#log.some((w) => w.revision > position && w.resource === target.resource.plural)) {
        await this.#woken.promise
      }
    }
    const reason: unknown = cut.reason
    if (cut.aborted && reason instanceof Error && reason.name !== 'AbortError') throw reason
  }

  async create<T extends KubeObject>(target: Target, object: KubeObject, options: object = {}): Promise<T> {
    await this.#enter('create', target, { body: object, options })
    const virtual = this.virtual.get(target.resource.plural)
    if (virtual) return virtual(clone(object)) as T
    const copy = clone(object)
    if (target.namespace) copy.metadata.namespace = target.namespace
    const { name = '', namespace = '' } = copy.metadata
    if (this.peek(target.resource.plural, namespace, name)) throw alreadyExists(target.resource, name)
    return this.#write('ADDED', target.resource.plural, copy) as T
  }

  async update<T extends KubeObject>(target: Named, object: KubeObject): Promise<T> {
    await this.#enter('update', target, { body: object })
    const old = this.#existing(target)
    const version = object.metadata.resourceVersion
    if (version && version !== old.metadata.resourceVersion) throw conflict(target.resource, target.name, MODIFIED)
    return this.#write('MODIFIED', target.resource.plural, clone(object), old) as T
  }

  async patch<T extends KubeObject>(target: Named, type: PatchType, patch: unknown, options: object = {}): Promise<T> {
    await this.#enter('patch', target, { type, body: patch, options })
    const old = this.#existing(target)
    const copy = clone(old)
    if (type === 'merge') merge(copy as unknown as Record<string, unknown>, patch as Record<string, unknown>)
    else if (type !== 'json') throw new ApiError(415, 'UnsupportedMediaType', `the fake cannot do ${type} patches`)
    else {
      const failed = applyPatch(copy, patch as Operation[]).find((error) => error !== null)
      if (failed) throw new ApiError(422, 'Invalid', `the patch does not apply: ${failed.message}`)
    }
    return this.#write('MODIFIED', target.resource.plural, copy, old) as T
  }

  async delete<T extends KubeObject>(target: Named): Promise<T> {
    await this.#enter('delete', target)
    const old = this.#existing(target)
    return this.#write('DELETED', target.resource.plural, clone(old), old) as T
  }

  async #enter(verb: Call['verb'], target: Target | Named, more: Partial<Call> = {}): Promise<void> {
    const { plural } = target.resource
    const call: Call = {
      verb,
      plural,
      namespace: target.namespace,
      ...('name' in target && { name: target.name }),
      ...more,
    }
    this.calls.push(call)
    await this.fault?.(call)
    if (this.missing.has(plural)) throw unknownPath()
  }

  #existing({
    resource,
    namespace,
    name,
  }: {
    resource: ResourceRef
    namespace?: string | undefined
    name: string
  }): KubeObject {
    const object = this.peek(resource.plural, namespace ?? '', name)
    if (!object) throw notFound(resource, name)
    return object
  }

  #write(type: 'ADDED' | 'MODIFIED' | 'DELETED', plural: string, object: KubeObject, old?: KubeObject): KubeObject {
    const revision = ++this.revision
    object.metadata.uid = old?.metadata.uid ?? object.metadata.uid ?? `uid-${++this.#uid}`
    object.metadata.resourceVersion = String(revision)
    freeze(object)
    const objects = this.#objects.get(plural) ?? new Map<string, KubeObject>()
    this.#objects.set(plural, objects)
    const key = keyOf(object.metadata.namespace, object.metadata.name ?? '')
    if (type === 'DELETED') objects.delete(key)
    else objects.set(key, object)
    this.#log.push({ resource: plural, revision, event: { type, object } })
    this.#wake()
    return object
  }

  #wake(): void {
    this.#woken.resolve()
    this.#woken = Promise.withResolvers<void>()
  }
}

/** Of field selectors it knows that of a name. */
function selected({ fieldSelector }: ReadOptions): (object: KubeObject) => boolean {
  const name = fieldSelector?.replace(/^metadata\.name=/, '')
  return ({ metadata }) => name === undefined || metadata.name === name
}

/** RFC 7386. */
function merge(target: Record<string, unknown>, patch: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key]
    else if (typeof value === 'object' && !Array.isArray(value)) {
      const inner = (target[key] ?? {}) as Record<string, unknown>
      target[key] = inner
      merge(inner, value as Record<string, unknown>)
    } else target[key] = value
  }
}
