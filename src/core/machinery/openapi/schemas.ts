// Schemas of ours as OpenAPI schemas: every named type becomes a definition, references point to it.
import type { TSchema } from '../schema.ts'
import type { Resource } from '../resource.ts'

export type OpenApiVersion = 'v2' | 'v3'

type Json = Record<string, unknown>

const PREFIX = { v2: '#/definitions/', v3: '#/components/schemas/' }

/** Definitions by name, collected while schemas are converted. */
export class Definitions {
  readonly #version: OpenApiVersion
  readonly #found = new Map<string, Json>()

  constructor(version: OpenApiVersion) {
    this.#version = version
  }

  /** A reference to a named schema, which is defined on the way, with its kinds where it is a whole object. */
  reference(schema: TSchema, kinds: readonly GroupVersionKind[] = []): Json {
    const name = (schema as Json)['x-definition'] as string
    const known = this.#found.get(name)
    const definition = known ?? {}
    if (!known) {
      this.#found.set(name, definition)
      Object.assign(definition, this.#object({ ...schema, description: (schema as Json)['x-about'] }))
    }
    for (const kind of kinds) {
      const list = ((definition['x-kubernetes-group-version-kind'] as GroupVersionKind[] | undefined) ??= [])
      if (!list.some((k) => k.group === kind.group && k.kind === kind.kind && k.version === kind.version))
        list.push(kind)
    }
    return { $ref: PREFIX[this.#version] + name }
  }

  /** All definitions, sorted by name. */
  toJSON(): Json {
    return Object.fromEntries([...this.#found].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  #object(schema: Json): Json {
    const properties = (schema.properties ?? {}) as Record<string, Json>
    const mandatory = Object.keys(properties).filter((key) => properties[key]!.mandatory)
    return {
      ...(schema.description !== undefined && { description: schema.description }),
      type: 'object',
      ...(mandatory.length > 0 && { required: mandatory }),
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, this.#property(value)])),
    }
  }

  #property(schema: Json): Json {
    const extensions = extensionsOf(schema)
    const description = schema.description === undefined ? {} : { description: schema.description }
    const fallback = schema.default === undefined ? {} : { default: schema.default }
    if (schema['x-definition']) {
      const reference = this.reference(schema)
      // OpenAPI 3.0 ignores what stands beside a $ref, so the description needs allOf around it.
      return this.#version === 'v3'
        ? { ...description, ...fallback, ...extensions, allOf: [reference] }
        : { ...description, ...fallback, ...extensions, ...reference }
    }
    return { ...description, ...fallback, ...this.#type(schema), ...extensions }
  }

  /** Items say nothing of themselves: clients show what the list says, and then what the type says. */
  #item(schema: Json): Json {
    const { description: _, ...rest } = schema
    return this.#property(rest)
  }

  #type(schema: Json): Json {
    if (schema['x-go'] === 'any') return this.#version === 'v3' ? {} : { type: 'object' }
    if (schema['x-go'] === 'intOrString')
      return this.#version === 'v3'
        ? { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] }
        : { type: 'string', format: 'int-or-string' }
    if (schema['x-go'] === 'quantity' && this.#version === 'v3')
      return { oneOf: [{ type: 'string' }, { type: 'number' }] }
    if (schema.type === 'array') return { type: 'array', items: this.#item(schema.items as Json) }
    if (schema.type === 'object' && schema.additionalProperties)
      return { type: 'object', additionalProperties: this.#property(schema.additionalProperties as Json) }
    if (schema.type === 'object') return this.#object(schema)
    return {
      type: schema.type,
      ...(schema.format !== undefined && { format: schema.format }),
      ...(schema.enum !== undefined && { enum: schema.enum }),
    }
  }
}

/** Names a kind in one version of its group. */
export interface GroupVersionKind {
  group: string
  version: string
  kind: string
}

/** The kind of a resource, as OpenAPI's extensions write it. */
export const kindOf = (r: Pick<Resource, 'group' | 'version' | 'kind'>): GroupVersionKind => ({
  group: r.group,
  version: r.version,
  kind: r.kind,
})

/** The keywords of lists and merges, as Kubernetes spells them. */
function extensionsOf(schema: Json): Json {
  const { mergeKey, listMapKeys, listType, mapType, patchStrategy } = schema as {
    mergeKey?: string
    listMapKeys?: string[]
    listType?: string
    mapType?: string
    patchStrategy?: string
  }
  const strategy = patchStrategy ?? (mergeKey ? 'merge' : undefined)
  const type = listType ?? ((listMapKeys ?? mergeKey) ? 'map' : undefined)
  return {
    ...(mapType && { 'x-kubernetes-map-type': mapType }),
    ...(type && schema.type === 'array' && { 'x-kubernetes-list-type': type }),
    ...(type === 'map' && { 'x-kubernetes-list-map-keys': listMapKeys ?? [mergeKey] }),
    ...(mergeKey && { 'x-kubernetes-patch-merge-key': mergeKey }),
    ...(strategy && { 'x-kubernetes-patch-strategy': strategy }),
  }
}
