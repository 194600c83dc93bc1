import { apiVersionOf, type KubeObject, type ObjectList } from '../core/machinery/object.ts'

/** Characters of JSON that are remembered, twice: of what was used lately, and before. */
const REMEMBERED = 8 << 20
/** Items of a list beyond which its JSON is not remembered: it would push out what is used again. */
const LONG = 1_000

// Stored objects are frozen and shared, so their JSON is made once for all clients that read or watch them at about the same time.
let lately = new WeakMap<object, string>()
let before = new WeakMap<object, string>()
let size = 0

const recall = (object: object): string | undefined => lately.get(object) ?? before.get(object)

function toJson(object: object): string {
  if (!Object.isFrozen(object)) return JSON.stringify(object)
  const known = lately.get(object)
  if (known !== undefined) return known
  const text = before.get(object) ?? JSON.stringify(object)
  size += text.length
  if (size > REMEMBERED) {
    before = lately
    lately = new WeakMap()
    size = text.length
  }
  lately.set(object, text)
  return text
}

/** An object as JSON, with its kind and apiVersion in front unless it names them itself. */
export function encodeObject(object: KubeObject, as: { group: string; version: string; kind: string }): string {
  if (object.kind) return JSON.stringify(object)
  return `{"kind":${JSON.stringify(as.kind)},"apiVersion":${JSON.stringify(apiVersionOf(as))},${toJson(object).slice(1)}`
}

/** A list, Table or the like on its way to a text. It is read once. */
export interface Sequence {
  /** All but the array, which comes last. Not empty. */
  head: object
  /** Name of the array. */
  array: 'items' | 'rows'
  /** The JSON of each element, made when it is its turn. */
  elements: Iterable<string>
}

/** A list of objects. Items say no kind: the list does. */
export function sequenceOf(list: ObjectList, as: { group: string; version: string; kind: string }): Sequence {
  const encode = list.items.length > LONG ? (item: object) => recall(item) ?? JSON.stringify(item) : toJson
  return {
    head: { kind: list.kind ?? `${as.kind}List`, apiVersion: apiVersionOf(as), metadata: list.metadata },
    array: 'items',
    elements: list.items.values().map(encode),
  }
}

/** The JSON of a sequence, text by text: what JSON.stringify would make of the whole. */
export function* encodeSequence({ head, array, elements }: Sequence): Generator<string, undefined> {
  yield `${JSON.stringify(head).slice(0, -1)},"${array}":[`
  let separator = ''
  for (const element of elements) {
    yield separator + element
    separator = ','
  }
  yield ']}'
}
