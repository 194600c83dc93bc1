// Lists of tags, spec or status: sorted by the bytes of their names, each name once. Decoding makes them so (defaults.ts), every
// write keeps them so, and OpenShift does the same. So a tag is found, and put, without a look at all the others: a stream of
// thousands of tags is rare, but must not stop the server.
import type { NamedTagEventList, TagReference } from './types.ts'

type Tag = TagReference | NamedTagEventList

const nameOf = (tag: Tag): string => ('tag' in tag ? tag.tag : tag.name)

/** The item of a name. */
export function findTag<T extends Tag>(list: readonly T[] | undefined, name: string): T | undefined {
  const item = list?.[placeOf(list, name)]
  return item && nameOf(item) === name ? item : undefined
}

/** A copy with the item in the place of the one with its name. */
export function withTag<T extends Tag>(list: readonly T[] | undefined = [], item: T): T[] {
  const name = nameOf(item)
  return list.toSpliced(placeOf(list, name), findTag(list, name) ? 1 : 0, item)
}

/** A copy without the item of a name; the list itself when there is none. */
export function withoutTag<T extends Tag>(list: readonly T[], name: string): readonly T[] {
  return findTag(list, name) ? list.toSpliced(placeOf(list, name), 1) : list
}

/** Items in their order; of several with one name the last counts. */
export function sortTags<T extends Tag>(list: readonly T[]): T[] {
  const unique = [...new Map(list.map((item) => [nameOf(item), item])).values()]
  return unique.toSorted((a, b) => compareBytes(nameOf(a), nameOf(b)))
}

/** Where the name is, or belongs. */
function placeOf(list: readonly Tag[], name: string): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareBytes(nameOf(list[middle]!), name) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Compares as UTF-8 bytes do: UTF-16 code units order differently where surrogates come in. Only equal texts compare as equal. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0
  const order = a < b ? -1 : 1
  if (SURROGATES.test(a) || SURROGATES.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b)) || order
  return order
}

const SURROGATES = /[\ud800-\udfff]/
