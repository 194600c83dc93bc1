// The endpoint of a stored resource: its Rules on top of a Store.
import type { KubeObject, ObjectList, WatchEvent } from '../core/machinery/object.ts'
import type {
  Context,
  DeleteOptions,
  GetOptions,
  ListOptions,
  Rules,
  Transform,
  WatchOptions,
} from '../core/machinery/resource.ts'
import type { Status, Subject } from '../core/machinery/status.ts'
import type { StoredDefinition, StoredEndpoint } from '../core/machinery/stored.ts'
import type { Store } from '../store/store.ts'
import { create } from './storage/create.ts'
import { type Definition, load, present } from './storage/definition.ts'
import { remove, removeAll } from './storage/delete.ts'
import { list, notOlderThan } from './storage/list.ts'
import { checkRoom } from './storage/reserve.ts'
import { update } from './storage/update.ts'
import { watch } from './storage/watch.ts'

/** Objects of one kind in a store, under one set of rules. */
export class Persisted<T extends KubeObject> implements StoredEndpoint<T> {
  readonly #definition: Definition<T>

  constructor(definition: StoredDefinition<T> & { store: Store; subject?: Subject }) {
    const { group, plural } = definition
    this.#definition = { ...definition, subject: definition.subject ?? { group, plural } }
  }

  /** The same objects under other rules: another write path. */
  with(rules: Rules<T>): Persisted<T> {
    return new Persisted({ ...this.#definition, rules })
  }

  /** The same, but errors name another resource: the one that a virtual resource's request came in for. */
  as(subject: Subject): Persisted<T> {
    return new Persisted({ ...this.#definition, subject })
  }

  async get(context: Context, name: string, { resourceVersion }: GetOptions = {}): Promise<T> {
    if (resourceVersion) await notOlderThan(this.#definition, context.namespace, resourceVersion)
    return present(this.#definition, await load(this.#definition, context.namespace, name))
  }

  list(context: Context, options: ListOptions): Promise<ObjectList<T>> {
    return list(this.#definition, context, options)
  }

  watch(context: Context, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    return watch(this.#definition, context, options)
  }

  /** Rejects when admission has no room for a new object of this name. */
  checkRoom(context: Context, name: string): Promise<void> {
    return checkRoom(this.#definition, context, name)
  }

  create(context: Context, object: T): Promise<T> {
    return create(this.#definition, context, object)
  }

  update(context: Context, name: string, transform: Transform<T>): Promise<{ object: T; created: boolean }> {
    return update(this.#definition, context, name, transform)
  }

  delete(context: Context, name: string, options: DeleteOptions): Promise<T | Status> {
    return remove(this.#definition, context, name, options)
  }

  deleteCollection(context: Context, options: ListOptions, how: DeleteOptions): Promise<ObjectList<T>> {
    return removeAll(this.#definition, context, options, how)
  }
}
