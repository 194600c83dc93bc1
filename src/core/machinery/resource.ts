// A resource as a plain record: everything that the API server needs to know to serve it.
import type { FieldError } from './fieldError.ts'
import type { KubeObject, ObjectList, WatchEvent } from './object.ts'
import type { NumberTables } from './protobuf/decode.ts'
import type { TSchema } from './schema.ts'
import type { Status } from './status.ts'

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

/** Who makes a request. */
export interface User {
  name: string
  uid?: string
  groups: readonly string[]
  extra?: Readonly<Record<string, readonly string[]>>
}

/**
 * What an authorizer is asked. `resource` is the plural name; '' as group is the core group. With a path it is about that path,
 * which is no resource's, and group and resource are ''.
 */
export interface AccessQuestion {
  verb: string
  group: string
  resource: string
  subresource?: string
  namespace?: string
  name?: string
  path?: string
}

/** What an authorizer answers. */
export interface AccessAnswer {
  allowed: boolean
  reason?: string
  evaluationError?: string
}

/** An object that is about to be stored for the first time. */
export interface Creation {
  group: string
  plural: string
  /** '' for cluster-scoped objects. */
  namespace: string
  name: string
  /** True: only asks whether there would be room. */
  dryRun: boolean
}

/** Gives back the room of an object that is not stored after all. Never rejects. */
export type GiveBack = () => Promise<void>

/** What every rule and verb may know of the request it runs for. The core takes clock and ids from here. */
export interface Context {
  readonly user: User
  /** '' for cluster-scoped requests and lists over all namespaces. */
  readonly namespace: string
  /** True: answer as usual, store nothing. */
  readonly dryRun: boolean
  readonly signal: AbortSignal
  readonly now: () => Date
  readonly uid: () => string
  readonly authorize: (question: AccessQuestion) => Promise<AccessAnswer>
  /** Adds a `Warning` header to the answer; clients print it. */
  readonly warn: (text: string) => void
  /** Asks admission for room for a new object. Rejects with an ApiError when there is none. */
  readonly reserve: (creation: Creation) => Promise<GiveBack>
}

/** Rules of a stored resource: what happens to an object on its way in and out. Mutating hooks get a private copy. */
export interface Rules<T extends KubeObject> {
  /** Defaults, applied to everything that is decoded, from clients as well as from the store. */
  defaults?(object: T): void
  /** Clears and fills what clients may not set. */
  prepareForCreate?(object: T, context: Context): void | Promise<void>
  prepareForUpdate?(object: T, old: T, context: Context): void | Promise<void>
  /** Errors in the fields; metadata is checked by the machinery. `old` is there on update. */
  validate?(object: T, old: T | undefined, context: Context): FieldError[] | Promise<FieldError[]>
  /** Problems of a name, as texts; default: DNS-1123 subdomain. `prefix`: it is a generateName. */
  validateName?(name: string, prefix: boolean): string[]
  /** Selectable fields beside metadata.name and metadata.namespace. */
  fields?: Readonly<Record<string, (object: T) => string>>
  /** What readers see, if it differs from what is stored. Must not change its argument. */
  decorate?(object: T): T
  /** Update without a resourceVersion is allowed. Default true. */
  unconditionalUpdate?: boolean
  /** PUT of a missing object creates it. Default false. */
  createOnUpdate?: boolean
  /** Seconds an object lives on after DELETE, when the client names none (pods); 0 and undefined: deleted at once. */
  gracePeriodSeconds?(object: T): number
  /** Why an object may never be deleted, where that is so: the deletion is Forbidden. */
  undeletable?(object: T): string | undefined
  /** Runs after the store has accepted a deletion (namespaces). */
  finalizers?: readonly string[]
}

/** How an object is to be read. */
export interface GetOptions {
  /** Not older than this. */
  resourceVersion?: string
}

/** What of a collection is wanted. */
export interface ListOptions {
  /** Parsed selectors are made by the machinery: undefined means "everything". */
  labels?: (labels: Readonly<Record<string, string>>) => boolean
  fields?: FieldSelector
  limit?: number
  continue?: string
  resourceVersion?: string
  resourceVersionMatch?: 'Exact' | 'NotOlderThan'
}

/** A parsed field selector. */
export interface FieldSelector {
  /** Requirements in order; `equals` false is `!=`. */
  requirements: readonly { field: string; equals: boolean; value: string }[]
}

/** Which changes of a collection are wanted. */
export interface WatchOptions extends ListOptions {
  /** Default: true where it starts at no resourceVersion. */
  sendInitialEvents?: boolean
  allowBookmarks?: boolean
  /** Milliseconds after which it will be ended: the last bookmark comes shortly before that. */
  timeout?: number
}

/** How an object is to go, and on which conditions. */
export interface DeleteOptions {
  uid?: string
  resourceVersion?: string
  gracePeriodSeconds?: number
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
}

/**
 * How an update gets at its new object: called with the current one (or a synthetic one), maybe more than once.
 * (Declared as a method so that endpoints of one kind can stand in a list of endpoints of any kind.)
 */
export type Transform<T> = { run(current: T): T | Promise<T> }['run']

/**
 * Serves the verbs of one resource or subresource. Stored resources get theirs from their Rules; virtual ones write it.
 * A missing member means that the verb does not exist. Errors are ApiErrors.
 */
export interface Endpoint<T extends KubeObject = KubeObject> {
  get?(context: Context, name: string, options?: GetOptions): Promise<T>
  /** A Status: the collection has no objects, only an answer (projectrequests: whether one may be made). */
  list?(context: Context, options: ListOptions): Promise<ObjectList<T> | Status>
  watch?(context: Context, options: WatchOptions): AsyncIterable<WatchEvent<T>>
  create?(context: Context, object: T, name?: string): Promise<T | Status>
  /** `created` decides between 201 and 200. */
  update?(context: Context, name: string, transform: Transform<T>): Promise<{ object: T; created: boolean }>
  delete?(context: Context, name: string, options: DeleteOptions): Promise<T | Status>
  deleteCollection?(context: Context, options: ListOptions, how: DeleteOptions): Promise<ObjectList<T>>
  /** Answers with a text of its own instead of an object (pods/log). Takes the place of `get` and `create`. */
  raw?(context: Context, name: string, query: URLSearchParams): Promise<RawAnswer>
}

/** An answer that is no object. */
export interface RawAnswer {
  contentType: string
  body: string
}

/** A column of a Table. `cell` gives JSON: string, number, boolean or null. */
export interface Column<T> {
  name: string
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  format?: string
  description?: string
  /** 0: always shown; 1: only with -o wide. */
  priority?: number
  cell(object: T, now: Date): string | number | boolean | null
}

/** A subresource such as `status`. `kind` is what it speaks, by default the parent's. */
export interface Subresource<T extends KubeObject = KubeObject> {
  name: string
  verbs: readonly Verb[]
  kind?: string
  /** Group and version of `kind`, where they differ from the parent's (Scale of autoscaling/v1). */
  group?: string
  version?: string
  schema?: TSchema
  /** Of its Tables; by default the parent's where it speaks the parent's kind, else it has none. */
  columns?: readonly Column<T>[]
  /** Its objects of another kind show who owns their fields, and its endpoint keeps what changes of that. */
  tracked?: boolean
  endpoint: Endpoint<T>
}

/** Everything that discovery, OpenAPI, decoding and the verbs need to know of a resource. */
export interface Resource<T extends KubeObject = KubeObject> {
  group: string
  version: string
  kind: string
  plural: string
  singular: string
  shortNames?: readonly string[]
  categories?: readonly string[]
  namespaced: boolean
  verbs: readonly Verb[]
  schema: TSchema
  /** Applied when a body is decoded, before any endpoint sees it (stored resources: the same as their rules'). */
  defaults?(object: T): void
  columns?: readonly Column<T>[]
  endpoint: Endpoint<T>
  subresources?: readonly Subresource[]
  /** Field numbers of the schema's types, for kinds whose bodies clients send as protocol buffers. */
  protobuf?: NumberTables
  /** Persisted: discovery shows a storageVersionHash. */
  stored?: boolean
}
