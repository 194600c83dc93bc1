// Arranging: fields in the order in which their type declares them, as all that is encoded has them. A cluster gives custom resources
// back with the fields sorted by name. Unlike decoding, this neither checks nor changes anything: what the type does not know stays,
// behind the rest.
import { setOwn } from '../json/clone.ts'
import { isObject } from '../json/jsonObject.ts'
import type { TSchema } from '../schema.ts'
import { fieldOrder } from './fieldOrder.ts'

/** Gives a value with its fields in order. It may be the value itself, and shares parts with it. */
export type Arrange = (value: unknown) => unknown

/** What schemas look like at run time, as far as it matters here. */
interface Node {
  properties?: Record<string, Node>
  additionalProperties?: Node
  items?: Node
}

/** What arranges values of a schema; made once for each. */
export function arranger(schema: TSchema): Arrange {
  return compile(schema, []) ?? ((value) => value)
}

/**
 * Undefined where there is nothing to arrange, all the way down. `values`: stack of the members of the objects that are being
 * arranged.
 */
function compile({ properties, additionalProperties, items }: Node, values: unknown[]): Arrange | undefined {
  if (properties) return compileObject(properties, values)
  if (additionalProperties) return compileMap(compile(additionalProperties, values))
  const arrange = items && compile(items, values)
  return arrange && ((value) => (Array.isArray(value) ? value.map(arrange) : value))
}

function compileObject(properties: Record<string, Node>, values: unknown[]): Arrange {
  const names = fieldOrder(Object.keys(properties))
  const arranges = names.map((name) => compile(properties[name]!, values))
  const places = new Map(names.map((name, i) => [name, i]))
  return (value) => {
    if (!isObject(value)) return value
    // Most fields are absent: asking for each would cost more than sorting those that there are.
    const base = values.length
    for (let i = 0; i < names.length; i++) values.push(undefined)
    let unknown = false
    for (const key in value) {
      const place = places.get(key)
      if (place === undefined) unknown = true
      else values[base + place] = value[key]
    }
    const result: Record<string, unknown> = {}
    for (let i = 0; i < names.length; i++) {
      const member = values[base + i]
      if (member === undefined) continue
      const arrange = arranges[i]
      result[names[i]!] = arrange ? arrange(member) : member
    }
    values.length = base
    if (unknown) for (const key in value) if (!places.has(key)) setOwn(result, key, value[key])
    return result
  }
}

/** Go sorts the keys of maps, too. */
function compileMap(arrange: Arrange | undefined): Arrange | undefined {
  if (!arrange) return undefined
  return (value) => {
    if (!isObject(value)) return value
    const result: Record<string, unknown> = {}
    for (const key in value) setOwn(result, key, arrange(value[key]))
    return result
  }
}
