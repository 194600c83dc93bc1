// How a part that knows its objects' rules, but not where they are kept, asks for an endpoint. The API server implements it.
import type { KubeObject, ObjectList } from './object.ts'
import type { Context, Endpoint, ListOptions, Rules } from './resource.ts'
import type { TSchema } from './schema.ts'

/** What makes a kind storable. */
export interface StoredDefinition<T extends KubeObject> {
  group: string
  version: string
  plural: string
  kind: string
  schema: TSchema
  namespaced: boolean
  rules: Rules<T>
}

/** The endpoint of stored objects. */
export interface StoredEndpoint<T extends KubeObject> extends Required<Omit<Endpoint<T>, 'raw'>> {
  list(context: Context, options: ListOptions): Promise<ObjectList<T>>
  /** The same objects under other rules (status, scale). */
  with(rules: Rules<T>): StoredEndpoint<T>
}

/** Makes endpoints; keeps their objects wherever it likes. */
export type StoredFactory = <T extends KubeObject>(definition: StoredDefinition<T>) => StoredEndpoint<T>
