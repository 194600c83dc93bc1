// The strategic merge patch that makes one object of another, as a client like kubectl computes it: a reference for tests.
// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
import { deepEqual } from '../../src/core/machinery/json/equal.ts'
import type { SchemaNode } from './fromSchema.ts'

type Fields = Record<string, unknown>

/** Asked wherever a patch can say the same in several ways, with the schema: true takes the one that replaces. */
export type Choice = (node: SchemaNode | undefined) => boolean

/** The patch from `before` to `after`; `{}` when nothing differs. */
export function strategicDiff(node: SchemaNode | undefined, before: Fields, after: Fields, replace: Choice): Fields {
  const patch: Fields = {}
  const put = (key: string, value: unknown): void => {
    Object.defineProperty(patch, key, { value, enumerable: true, writable: true, configurable: true })
  }
  const retain = strategiesOf(node).includes('retainKeys')
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const inner = memberOf(node, key)
    if (!Object.hasOwn(after, key)) {
      if (!retain) put(key, null)
    } else if (!Object.hasOwn(before, key)) put(key, after[key])
    else if (!deepEqual(before[key], after[key]) || !sameOrder(before[key], after[key])) {
      for (const [name, value] of Object.entries(memberDiff(key, inner, before[key], after[key], replace)))
        put(name, value)
    }
  }
  if (retain && (Object.keys(patch).length > 0 || Object.keys(before).some((key) => !Object.hasOwn(after, key)))) {
    patch['$retainKeys'] = Object.keys(after).toSorted()
  }
  return patch
}

const sameOrder = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const strategiesOf = (node: SchemaNode | undefined): string[] => node?.patchStrategy?.split(',') ?? []

function memberOf(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  if (node?.properties) return Object.hasOwn(node.properties, key) ? node.properties[key] : undefined
  return node?.additionalProperties
}

function memberDiff(
  key: string,
  node: SchemaNode | undefined,
  before: unknown,
  after: unknown,
  replace: Choice,
): Fields {
  const whole = strategiesOf(node).includes('replace')
  const merges = !whole && (node?.mergeKey !== undefined || strategiesOf(node).includes('merge'))
  if (isFields(before) && isFields(after) && !whole) {
    if (replace(node)) return own(key, { ...after, $patch: 'replace' })
    const inner = strategicDiff(node, before, after, replace)
    return Object.keys(inner).length > 0 ? own(key, inner) : {}
  }
  if (Array.isArray(before) && Array.isArray(after) && merges) return listDiff(key, node!, before, after, replace)
  return own(key, after)
}

const own = (key: string, value: unknown): Fields => Object.fromEntries([[key, value]])

function listDiff(key: string, node: SchemaNode, before: unknown[], after: unknown[], replace: Choice): Fields {
  const { mergeKey, items } = node
  if (mergeKey === undefined) {
    // There is no directive that replaces a list of scalars.
    replace(node)
    const gone = before.filter((item) => !after.includes(item))
    const added = after.filter((item) => !before.includes(item))
    return {
      [`$setElementOrder/${key}`]: after,
      ...(gone.length > 0 && { [`$deleteFromPrimitiveList/${key}`]: gone }),
      ...(added.length > 0 && { [key]: added }),
    }
  }
  if (replace(node)) return { [key]: [{ $patch: 'replace' }, ...after] }
  const keyOf = (item: unknown): unknown => (item as Fields)[mergeKey]
  const old = new Map(before.map((item) => [keyOf(item), item as Fields]))
  const now = new Set(after.map(keyOf))
  const changes = after.flatMap((item) => {
    const was = old.get(keyOf(item))
    if (!was) return [item]
    const inner = strategicDiff(items, was, item as Fields, replace)
    return Object.keys(inner).length > 0 ? [{ ...inner, [mergeKey]: keyOf(item) }] : []
  })
  const deletions = [...old.keys()].filter((k) => !now.has(k)).map((k) => ({ $patch: 'delete', [mergeKey]: k }))
  return {
    [`$setElementOrder/${key}`]: after.map((item) => ({ [mergeKey]: keyOf(item) })),
    [key]: [...changes, ...deletions],
  }
}
