// Compiles a schema into a decoder. The rules of the canonical form are in schema.ts.
import { setOwn } from '../json/clone.ts'
import { checkDepth, wrongType, type Place } from './error.ts'
import { fieldOrder } from './fieldOrder.ts'
import { LEAVES, type Leaf } from './leaf.ts'
import type { GoKind, TSchema } from '../schema.ts'

/** Where a run stands: the stack of keys above the current value, for the paths of unknown fields. */
export interface Progress {
  path: (string | number)[]
  depth: number
  unknown: string[]
  /** Stack of the members of the objects that are being decoded, each object's in the order of its schema. */
  values: unknown[]
}

export type Decoder = (value: unknown, at: Progress) => unknown

/** How many unknown fields are reported: Kubernetes' own bound. */
const MAX_UNKNOWN = 100

/** What schemas look like at run time. */
interface Node {
  type?: string
  properties?: Record<string, Node>
  required?: readonly string[]
  additionalProperties?: Node
  items?: Node
  'x-go'?: GoKind
  'x-pointer'?: boolean
  'x-nullable'?: boolean
  'x-definition'?: string
}

/** The decoder of a whole value. */
export function compileSchema(schema: TSchema): Decoder {
  return compile(schema, undefined)
}

function compile(node: Node, place: Place | undefined): Decoder {
  if (node['x-go']) return compileLeaf(LEAVES[node['x-go']], place)
  if (node.properties) return compileObject(node, place)
  if (node.additionalProperties) return compileMap(node, node.additionalProperties, place)
  if (node.items) return compileList(node, node.items, place)
  throw new Error(`schema at ${place?.path ?? 'the root'} has neither x-go, properties, additionalProperties nor items`)
}

function compileLeaf(leaf: Leaf, place: Place | undefined): Decoder {
  return (value, at) => (value === null || value === undefined ? leaf.zero : leaf.decode(value, place, at.depth))
}

/** What becomes of a property that is missing, or empty. */
type Mode = 'required' | 'optional' | 'pointer' | 'nullable'

interface Property {
  name: string
  mode: Mode
  decode: Decoder
  /** Containers can hold unknown fields: their key goes on the stack. */
  container: boolean
  /** Nullable and optional properties that vanish when they are empty; the others stay as they are. */
  isEmpty: (value: unknown) => boolean
}

function compileObject(node: Node, place: Place | undefined): Decoder {
  const goType = goName(node)
  const required = new Set(node.required)
  const properties = fieldOrder(Object.keys(node.properties ?? {})).map((name): Property => {
    const schema = node.properties![name]!
    const inner: Place = {
      struct: goType.slice(goType.lastIndexOf('.') + 1),
      path: place ? `${place.path}.${name}` : name,
    }
    const mode = schema['x-nullable']
      ? 'nullable'
      : required.has(name)
        ? 'required'
        : schema['x-pointer']
          ? 'pointer'
          : 'optional'
    return {
      name,
      mode,
      decode: compile(schema, inner),
      container: !schema['x-go'],
      isEmpty: mode === 'nullable' ? emptyContainer(schema) : schema['x-go'] === 'any' ? never : isZero,
    }
  })
  const places = new Map(properties.map((property, i) => [property.name, i]))
  return (value, at) => {
    const source = value ?? {}
    if (typeof source !== 'object' || Array.isArray(source)) throw wrongType(value, place, goType)
    return decodeProperties(source as Record<string, unknown>, properties, places, at)
  }
}

function decodeProperties(
  source: Record<string, unknown>,
  properties: readonly Property[],
  places: ReadonlyMap<string, number>,
  at: Progress,
): Record<string, unknown> {
  // Asking the source for each property would cost far more than sorting those that it has, most being absent.
  const base = at.values.length
  for (let i = 0; i < properties.length; i++) at.values.push(undefined)
  let unknown = false
  for (const key in source) {
    const i = places.get(key)
    if (i !== undefined) at.values[base + i] = source[key]
    else if (source[key] !== undefined) unknown = true
  }
  const result: Record<string, unknown> = {}
  for (let i = 0; i < properties.length; i++) {
    const value = at.values[base + i]
    const { name, mode, decode, isEmpty } = properties[i]!
    if ((value === undefined || value === null) && mode !== 'required') {
      if (mode === 'nullable') result[name] = null
      continue
    }
    let decoded: unknown
    if (properties[i]!.container) {
      at.path[at.depth++] = name
      decoded = decode(value, at)
      at.depth--
    } else decoded = decode(value, at)
    if (mode === 'required' || mode === 'pointer' || !isEmpty(decoded)) result[name] = decoded
    else if (mode === 'nullable') result[name] = null
  }
  at.values.length = base
  if (unknown) reportUnknown(source, places, at)
  return result
}

function reportUnknown(source: Record<string, unknown>, places: ReadonlyMap<string, number>, at: Progress): void {
  for (const key of Object.keys(source)) {
    if (places.has(key)) continue
    // Dropped, but not for that of any depth: Go's decoder refuses it, too.
    checkDepth(source[key])
    if (at.unknown.length < MAX_UNKNOWN) at.unknown.push(render(at, key))
  }
}

function render(at: Progress, last: string): string {
  let text = ''
  for (let i = 0; i < at.depth; i++) {
    const key = at.path[i]!
    text += typeof key === 'number' ? `[${key}]` : text === '' ? key : `.${key}`
  }
  return text === '' ? last : `${text}.${last}`
}

function compileMap(node: Node, values: Node, place: Place | undefined): Decoder {
  const goType = goName(node)
  const decodeValue = compile(values, place)
  return (value, at) => {
    const result: Record<string, unknown> = {}
    if (value === null || value === undefined) return result
    if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(value, place, goType)
    const source = value as Record<string, unknown>
    at.depth++
    for (const key in source) {
      at.path[at.depth - 1] = key
      setOwn(result, key, decodeValue(source[key], at))
    }
    at.depth--
    return result
  }
}

function compileList(node: Node, items: Node, place: Place | undefined): Decoder {
  const goType = goName(node)
  const decodeItem = compile(items, place)
  return (value, at) => {
    if (value === null || value === undefined) return []
    if (!Array.isArray(value)) throw wrongType(value, place, goType)
    const result: unknown[] = []
    at.depth++
    for (let i = 0; i < value.length; i++) {
      at.path[at.depth - 1] = i
      result.push(decodeItem(value[i], at))
    }
    at.depth--
    return result
  }
}

const GO_NAMES: Readonly<Partial<Record<GoKind, string>>> = {
  number: 'float64',
  time: 'v1.Time',
  microtime: 'v1.MicroTime',
  bytes: '[]uint8',
  any: 'runtime.RawExtension',
  intOrString: 'intstr.IntOrString',
  quantity: 'resource.Quantity',
}

function goName(node: Node): string {
  if (node['x-go']) return GO_NAMES[node['x-go']] ?? node['x-go']
  if (node['x-definition']) return node['x-definition'].split('.').slice(-2).join('.')
  if (node.additionalProperties) return `map[string]${goName(node.additionalProperties)}`
  if (node.items) return `[]${goName(node.items)}`
  return 'struct {}'
}

const never = (): boolean => false

/** Go's omitempty, and an object without a single member. */
function isZero(value: unknown): boolean {
  if (value === '' || value === 0 || value === false || value === null) return true
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.length === 0
  for (const _ in value) return false
  return true
}

/** Empty maps and lists are null to a reader; a nullable scalar or struct is a Go pointer: its zero value counts. */
function emptyContainer(schema: Node): (value: unknown) => boolean {
  return schema.items || schema.additionalProperties ? isZero : never
}
