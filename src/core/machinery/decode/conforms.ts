// Whether a value has the canonical form of its schema already (schema.ts), as far as code that works on it relies on that: the
// right kind of value everywhere, and no property missing that is always there. Much cheaper than decoding: nothing is made.
import { isObject } from '../json/jsonObject.ts'
import type { GoKind, TSchema } from '../schema.ts'

export type Conforms = (value: unknown) => boolean

/** What schemas look like at run time, as far as it matters here. */
interface Node {
  properties?: Record<string, Node>
  required?: readonly string[]
  additionalProperties?: Node
  items?: Node
  'x-go'?: GoKind
  'x-nullable'?: boolean
}

/** What tests values of a schema; made once for each. Properties that the schema does not know may be anything. */
export function conformer(schema: TSchema): Conforms {
  return compile(schema)
}

function compile(node: Node): Conforms {
  const test = compileValue(node)
  return node['x-nullable'] ? (value) => value === null || test(value) : test
}

function compileValue({ 'x-go': go, properties, required, additionalProperties, items }: Node): Conforms {
  if (go) return LEAVES[go]
  if (properties) return compileObject(properties, required)
  if (items) return listOf(compile(items))
  if (additionalProperties) return mapOf(compile(additionalProperties))
  throw new Error('a schema has neither x-go, properties, additionalProperties nor items')
}

const listOf =
  (each: Conforms): Conforms =>
  (value) =>
    Array.isArray(value) && value.every((item) => each(item))

const mapOf =
  (each: Conforms): Conforms =>
  (value) => {
    if (!isObject(value)) return false
    for (const key in value) if (!each(value[key])) return false
    return true
  }

function compileObject(properties: Record<string, Node>, required: readonly string[] = []): Conforms {
  const tests = new Map(Object.entries(properties).map(([name, node]) => [name, compile(node)]))
  return (value) => {
    if (!isObject(value)) return false
    for (const name of required) if (value[name] === undefined) return false
    for (const key in value) {
      const test = tests.get(key)
      if (test && value[key] !== undefined && !test(value[key])) return false
    }
    return true
  }
}

const isString: Conforms = (value) => typeof value === 'string'
const isNumber: Conforms = (value) => typeof value === 'number'
/** One that was never set is null. */
const isTime: Conforms = (value) => value === null || typeof value === 'string'

const LEAVES: Readonly<Record<GoKind, Conforms>> = {
  string: isString,
  bool: (value) => typeof value === 'boolean',
  int32: isNumber,
  int64: isNumber,
  number: isNumber,
  time: isTime,
  microtime: isTime,
  bytes: isString,
  any: () => true,
  intOrString: (value) => typeof value === 'string' || typeof value === 'number',
  quantity: isString,
}
