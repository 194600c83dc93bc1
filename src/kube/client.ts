// ObjectClient over HTTPS. Contract: test/contract/objectClient.ts.
import {
  PATCH_MEDIA_TYPES,
  type DeleteRequest,
  type Named,
  type ObjectClient,
  type PatchType,
  type ReadOptions,
  type Target,
  type WatchRequest,
  type WriteOptions,
} from '../core/machinery/client.ts'
import type { KubeObject, ObjectList, WatchEvent } from '../core/machinery/object.ts'
import { ApiError, type Status } from '../core/machinery/status.ts'
import { credentialsOf } from './credentials.ts'
import type { Access } from './access.ts'
import { lines } from './lines.ts'
import { pathOf, queryOf } from './path.ts'
import { Transport, type Call, type TransportOptions } from './transport.ts'
import { Unreachable, unreachable } from './unreachable.ts'

/** Longest watch event that is read, in bytes: objects themselves are limited to a few megabytes. */
const MAX_EVENT = 32 << 20

/** A server that knows no such form sends the object. https://kubernetes.io/docs/reference/using-api/api-concepts/ */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json'

/** The API of a server, seen through a kubeconfig's access. Close it: idle connections keep a process alive. */
export class KubeClient implements ObjectClient {
  readonly transport: Transport
  readonly #server: string
  readonly #watches = new Set<AbortController>()

  constructor(access: Access, options: Omit<TransportOptions, 'cluster' | 'credentials'> = {}) {
    this.#server = access.cluster.server
    this.transport = new Transport({ ...options, cluster: access.cluster, credentials: credentialsOf(access.user) })
  }

  get<T extends KubeObject>(target: Named, options: { signal?: AbortSignal } = {}): Promise<T> {
    return this.#json({ method: 'GET', path: pathOf(target), signal: options.signal })
  }

  async list<T extends KubeObject>(target: Target, options: ReadOptions = {}): Promise<ObjectList<T>> {
    const path = pathOf(target) + queryOf(readQuery(options))
    return await this.#json({ method: 'GET', path, signal: options.signal })
  }

  async *watch<T extends KubeObject>(target: Target, options: WatchRequest = {}): AsyncGenerator<WatchEvent<T>> {
    const { allowWatchBookmarks, sendInitialEvents, timeoutSeconds, signal } = options
    const watching = { watch: true, allowWatchBookmarks, sendInitialEvents, timeoutSeconds }
    const path = pathOf(target) + queryOf({ ...readQuery(options), ...watching })
    const dropped = new AbortController()
    const ends = signal ? AbortSignal.any([signal, dropped.signal]) : dropped.signal
    this.#watches.add(dropped)
    try {
      const body = await this.transport.open({ method: 'GET', path, signal: ends })
      for await (const line of lines(body, MAX_EVENT)) {
        const event = parse(line) as WatchEvent<T | Status>
        if (event.type === 'ERROR') throw ApiError.from(event.object as Status)
        yield event as WatchEvent<T>
      }
    } catch (error) {
      if (ends.aborted) return
      if (error instanceof ApiError || error instanceof Unreachable) throw error
      throw unreachable(this.#server, error)
    } finally {
      this.#watches.delete(dropped)
    }
  }

  /** Ends all watches that are open, as if the server had: their connections are known to bring nothing any more. */
  dropWatches(): void {
    for (const watch of this.#watches) watch.abort()
  }

  create<T extends KubeObject>(target: Target | Named, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    return this.#write(target, 'POST', JSON.stringify(object), options)
  }

  update<T extends KubeObject>(target: Named, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    return this.#write(target, 'PUT', JSON.stringify(object), options)
  }

  patch<T extends KubeObject>(
    target: Named,
    type: PatchType,
    patch: unknown,
    options: WriteOptions & { force?: boolean } = {},
  ): Promise<T> {
    // JSON is YAML: an apply patch needs no other encoder.
    return this.#write(target, 'PATCH', JSON.stringify(patch), options, PATCH_MEDIA_TYPES[type])
  }

  delete<T extends KubeObject>(target: Named, options: DeleteRequest = {}): Promise<T | Status> {
    const { uid, resourceVersion, gracePeriodSeconds, propagationPolicy, dryRun, signal } = options
    const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) }
    const body = JSON.stringify({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      ...(Object.keys(preconditions).length > 0 && { preconditions }),
      ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
      ...(propagationPolicy && { propagationPolicy }),
      ...(dryRun && { dryRun: ['All'] }),
    })
    return this.#json({ method: 'DELETE', path: pathOf(target), body, signal })
  }

  close(): Promise<void> {
    return this.transport.close()
  }

  #write<T extends KubeObject>(
    target: Target | Named,
    method: 'POST' | 'PUT' | 'PATCH',
    body: string,
    options: WriteOptions & { force?: boolean },
    contentType = 'application/json',
  ): Promise<T> {
    const { dryRun, fieldManager, fieldValidation, force, metadataOnly, timeout, signal } = options
    // A POST goes to the collection; a name is only part of the path when a subresource follows.
    const at = method === 'POST' && !('name' in target && target.subresource) ? withoutName(target) : target
    const query = { dryRun: dryRun && 'All', fieldManager, fieldValidation, force, timeout }
    const path = pathOf(at) + queryOf(query)
    const headers = { 'content-type': contentType, ...(metadataOnly && { accept: METADATA_ONLY }) }
    return this.#json({ method, path, body, headers, signal })
  }

  async #json<T>(call: Call): Promise<T> {
    return parse(await this.transport.text(call)) as T
  }
}

function withoutName({ resource, namespace }: Target): Target {
  return { resource, namespace }
}

function readQuery(options: ReadOptions): Record<string, string | number | undefined> {
  const { labelSelector, fieldSelector, limit, resourceVersion, resourceVersionMatch } = options
  return { labelSelector, fieldSelector, limit, continue: options.continue, resourceVersion, resourceVersionMatch }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const head = text.slice(0, 100).replaceAll(/\s+/g, ' ')
    throw new Unreachable(`the server's answer is not JSON: ${head}${text.length > 100 ? '...' : ''}`, { cause: error })
  }
}
