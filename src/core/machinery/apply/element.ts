// One step of a path to a field, in the notation of FieldsV1: `f:name`, `k:{"name":"a"}`, `v:"x"`, `i:0`.
// https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#FieldsV1
import { isObject } from '../json/jsonObject.ts'

export type Element = string

/** The element of a field. */
export const fieldElement = (name: string): Element => `f:${name}`

/** An item of an associative list, by its keys; they are sorted, so that one item has one name. */
export function keyElement(keys: readonly (readonly [string, unknown])[]): Element {
  const sorted = keys.length < 2 ? keys : keys.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `k:{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`
}

/** A member of a set of scalars. */
export const valueElement = (value: unknown): Element => `v:${JSON.stringify(value)}`

const RANKS = 'fkvi'

/** Order of elements: fields, keys, values, indexes; each by text. */
export function compareElements(a: Element, b: Element): number {
  return RANKS.indexOf(a[0]!) - RANKS.indexOf(b[0]!) || (a < b ? -1 : a > b ? 1 : 0)
}

/** A path as error messages show it: `.spec.tags[name="a"].reference`. */
export function formatPath(path: readonly Element[]): string {
  return path.map(format).join('')
}

function format(element: Element): string {
  const text = element.slice(2)
  switch (element[0]) {
    case 'f':
      return `.${text}`
    case 'k': {
      const keys = Object.entries(JSON.parse(text) as Record<string, unknown>)
      return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`
    }
    case 'v':
      return `[=${text}]`
    default:
      return `[${text}]`
  }
}

/** True for text that can stand in FieldsV1. */
export function isElement(text: string): boolean {
  if (text.startsWith('f:')) return true
  if (text.startsWith('i:')) return /^i:\d+$/.test(text)
  if (!text.startsWith('k:') && !text.startsWith('v:')) return false
  try {
    const value: unknown = JSON.parse(text.slice(2))
    return text[0] === 'v' || isObject(value)
  } catch {
    return false
  }
}
