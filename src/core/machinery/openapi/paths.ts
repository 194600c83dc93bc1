// The paths of resources and the operations on them.
import { PATCH_MEDIA_TYPES } from '../client.ts'
import { listOf } from '../meta/objectMeta.ts'
import type { Resource, Subresource, Verb } from '../resource.ts'
import type { TSchema } from '../schema.ts'
import { parametersOf, pathParameters } from './parameters.ts'
import { Definitions, type GroupVersionKind, kindOf, type OpenApiVersion } from './schemas.ts'

type Json = Record<string, unknown>

const MEDIA = ['application/json', 'application/yaml']

/** An operation: HTTP method, the verb it stands for, what it takes and gives. */
interface Operation {
  method: string
  action: string
  verb: Verb
  takes?: Json
  gives: Json
}

/** Collects the paths of an OpenAPI document. */
export class Paths {
  readonly #version: OpenApiVersion
  readonly #definitions: Definitions
  readonly #paths = new Map<string, Json>()

  constructor(version: OpenApiVersion, definitions: Definitions) {
    this.#version = version
    this.#definitions = definitions
  }

  toJSON(): Json {
    return Object.fromEntries([...this.#paths].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** A path that answers plain GETs, such as the list of a version's resources. */
  addDocument(path: string, description: string): void {
    const operation = { description, responses: { 200: { description: 'OK' }, 401: { description: 'Unauthorized' } } }
    this.#paths.set(path, { get: operation })
  }

  addResource(root: string, resource: Resource): void {
    const kind = kindOf(resource)
    const one = this.#definitions.reference(resource.schema, [kind])
    const base = resource.namespaced
      ? `${root}/namespaces/{namespace}/${resource.plural}`
      : `${root}/${resource.plural}`
    const has = (verb: Verb): boolean => resource.verbs.includes(verb)
    const list = has('list') ? this.#list(resource) : {}
    const collection: Operation[] = []
    if (has('list')) collection.push({ method: 'get', action: 'list', verb: 'list', gives: list })
    if (has('create')) collection.push({ method: 'post', action: 'post', verb: 'create', takes: one, gives: one })
    if (has('deletecollection'))
      collection.push({ method: 'delete', action: 'deletecollection', verb: 'deletecollection', gives: list })
    this.#add(base, collection, kind)
    this.#add(`${base}/{name}`, named(resource.verbs, one, has), kind)
    if (resource.namespaced && has('list'))
      this.#add(`${root}/${resource.plural}`, [{ method: 'get', action: 'list', verb: 'list', gives: list }], kind)
    for (const sub of resource.subresources ?? []) this.#addSubresource(`${base}/{name}/${sub.name}`, resource, sub)
  }

  #addSubresource(path: string, resource: Resource, sub: Subresource): void {
    const kind = {
      group: sub.group ?? resource.group,
      version: sub.version ?? resource.version,
      kind: sub.kind ?? resource.kind,
    }
    const schema: TSchema = sub.schema ?? resource.schema
    const one = (schema as Json)['x-definition'] ? this.#definitions.reference(schema, [kind]) : { type: 'string' }
    const operations = named(sub.verbs, one, (verb) => sub.verbs.includes(verb))
    if (sub.verbs.includes('create'))
      operations.push({ method: 'post', action: 'post', verb: 'create', takes: one, gives: one })
    this.#add(path, operations, kind)
  }

  #list(resource: Resource): Json {
    const definition = (resource.schema as Json)['x-definition'] as string
    const kind = `${resource.kind}List`
    const schema = listOf(`${definition}List`, resource.schema)
    return this.#definitions.reference(schema, [{ ...kindOf(resource), kind }])
  }

  #add(path: string, operations: readonly Operation[], kind: GroupVersionKind): void {
    if (operations.length === 0) return
    const item: Json = Object.fromEntries(operations.map((o) => [o.method, this.#operation(o, kind)]))
    const parameters = pathParameters(path, this.#version)
    this.#paths.set(path, { ...item, ...(parameters.length > 0 && { parameters }) })
  }

  #operation(o: Operation, kind: GroupVersionKind): Json {
    const parameters = parametersOf(o.action, this.#version)
    const types = o.method === 'patch' ? Object.values(PATCH_MEDIA_TYPES) : MEDIA
    const marks = { 'x-kubernetes-action': o.action, 'x-kubernetes-group-version-kind': kind }
    const description = `${o.verb} ${kind.kind}`
    const takes = o.method === 'patch' ? { type: 'object' } : o.takes
    if (this.#version === 'v2') {
      const body = takes ? [{ name: 'body', in: 'body', required: true, schema: takes }] : []
      const responses = { 200: { description: 'OK', schema: o.gives }, 401: { description: 'Unauthorized' } }
      return {
        description,
        consumes: types,
        produces: MEDIA,
        schemes: ['https'],
        parameters: [...body, ...parameters],
        responses,
        ...marks,
      }
    }
    const content = (schema: Json, media: readonly string[]): Json =>
      Object.fromEntries(media.map((m) => [m, { schema }]))
    return {
      description,
      parameters,
      ...(takes && { requestBody: { content: content(takes, types), required: true } }),
      responses: { 200: { description: 'OK', content: content(o.gives, MEDIA) }, 401: { description: 'Unauthorized' } },
      ...marks,
    }
  }
}

function named(verbs: readonly Verb[], one: Json, has: (verb: Verb) => boolean): Operation[] {
  const operations: Operation[] = []
  if (has('get')) operations.push({ method: 'get', action: 'get', verb: 'get', gives: one })
  if (has('update')) operations.push({ method: 'put', action: 'put', verb: 'update', takes: one, gives: one })
  if (has('patch')) operations.push({ method: 'patch', action: 'patch', verb: 'patch', takes: one, gives: one })
  if (verbs.includes('delete'))
    operations.push({ method: 'delete', action: 'delete', verb: 'delete', gives: { type: 'object' } })
  return operations
}
