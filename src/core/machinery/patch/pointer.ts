// JSON pointers into a document that may be changed. https://www.rfc-editor.org/rfc/rfc6901
import { setOwn } from '../json/clone.ts'
import { isObject, type JsonObject } from '../json/jsonObject.ts'

/** A pointer from its text; undefined when it is none. */
export function parsePointer(text: string): string[] | undefined {
  if (text === '') return []
  if (!text.startsWith('/')) return undefined
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

type Container = JsonObject | unknown[]

/** The document, under a key: so that its root can be replaced like any member. */
export type Root = { document: unknown }

/** A place inside a document: the container it is in, and its key there. */
export interface Slot {
  container: Container
  key: string
}

/** Where a pointer leads; undefined when there is no such container. The slot itself may be empty. */
export function locate(root: Root, pointer: readonly string[]): Slot | undefined {
  let container: Container = root
  let key = 'document'
  for (const token of pointer) {
    const next = read({ container, key })
    if (!Array.isArray(next) && !isObject(next)) return undefined
    container = next
    key = token
  }
  return { container, key }
}

/** An index of an existing item: digits without leading zero; undefined when it is none. */
function indexIn(list: readonly unknown[], key: string): number | undefined {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(key) ? Number(key) : Infinity
  return index < list.length ? index : undefined
}

/** What the slot holds; undefined when it is empty. */
export function read({ container, key }: Slot): unknown {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined
  const index = indexIn(container, key)
  return index === undefined ? undefined : container[index]
}

/** Inserts into a list (`-` is its end), or sets a member. False when a list has no such place. */
export function insert({ container, key }: Slot, value: unknown): boolean {
  if (!Array.isArray(container)) {
    setOwn(container, key, value)
    return true
  }
  const index = key === '-' || key === String(container.length) ? container.length : indexIn(container, key)
  if (index === undefined) return false
  container.splice(index, 0, value)
  return true
}

/** Sets a member, or puts a value in the place of an item that exists. */
export function overwrite({ container, key }: Slot, value: unknown): void {
  if (Array.isArray(container)) container[Number(key)] = value
  else setOwn(container, key, value)
}

/** Takes a value out that exists. */
export function take({ container, key }: Slot): void {
  if (Array.isArray(container)) container.splice(Number(key), 1)
  else delete container[key]
}
