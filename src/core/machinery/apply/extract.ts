// The set of fields that a configuration speaks about.
import { isObject } from '../json/jsonObject.ts'
import { fieldElement, type Element } from './element.ts'
import { FieldSetBuilder, type FieldSet } from './fieldSet.ts'
import { groupItems, memberOf, shapeOf, type Node } from './shape.ts'

/** Every field that `value` sets. Items of associative lists are in the set themselves, fields of types only when they are leaves. */
export function fieldsOf(schema: Node, value: unknown): FieldSet {
  const builder = new FieldSetBuilder()
  visitFields(schema, value, [], builder)
  return builder.build()
}

/** Adds the fields of one value below `path`. */
function visitFields(node: Node | undefined, value: unknown, path: Element[], builder: FieldSetBuilder): void {
  const shape = shapeOf(node)
  if (shape === 'object' && isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      const { node: inner, named } = memberOf(node, name)
      path.push(fieldElement(name))
      visitFields(inner, member, path, builder)
      const bare = member === null || (isObject(member) && Object.keys(member).length === 0)
      if (bare || !named) builder.add(path)
      path.pop()
    }
  } else if ((shape === 'keyed' || shape === 'set') && Array.isArray(value)) {
    for (const [element, items] of groupItems(node!, value)) {
      path.push(element)
      // Several items of one key can only be owned together.
      if (shape === 'keyed' && items.length === 1) visitFields(node!.items, items[0], path, builder)
      builder.add(path)
      path.pop()
    }
  } else if (value !== undefined && path.length > 0) builder.add(path)
}
