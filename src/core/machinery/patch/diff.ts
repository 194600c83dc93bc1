// The JSON patch that makes one document into another. https://www.rfc-editor.org/rfc/rfc6902
import { deepEqual } from '../json/equal.ts'
import { isObject } from '../json/jsonObject.ts'

/** The operations that are used. */
export type DiffOperation = { op: 'add' | 'replace'; path: string; value: unknown } | { op: 'remove'; path: string }

/**
 * A patch from `before` to `after`, as small as it gets without comparing items of lists that have grown or shrunk: such a list
 * is replaced as a whole.
 */
export function diff(before: unknown, after: unknown, path = ''): DiffOperation[] {
  if (deepEqual(before, after)) return []
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, i) => diff(item, after[i], `${path}/${i}`))
  if (!isObject(before) || !isObject(after)) return [{ op: 'replace', path, value: after }]
  const at = (key: string): string => `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
  const present = Object.keys(after).flatMap((key) =>
    Object.hasOwn(before, key)
      ? diff(before[key], after[key], at(key))
      : [{ op: 'add' as const, path: at(key), value: after[key] }],
  )
  return [...removed.map((key) => ({ op: 'remove' as const, path: at(key) })), ...present]
}
