import { apiVersionOf, type KubeObject, type ObjectList } from '../core/machinery/object.ts'

/** Characters of JSON that are remembered, twice: of what was used lately, and before. */
const REMEMBERED = 8 << 20
/** Items of a list beyond which its JSON is never in memory as a whole, and is not remembered: it would push out what is used again. */
const LONG = 1_000
/** Characters of a piece. */
const PIECE = 64 << 10

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

/** A list as JSON with a newline. Items say no kind: the list does. A long one is made piece by piece while it is sent. */
export function encodeList(
  list: ObjectList,
  as: { group: string; version: string; kind: string },
): Buffer | Iterable<Buffer> {
  const kind = JSON.stringify(list.kind ?? `${as.kind}List`)
  const head = `{"kind":${kind},"apiVersion":${JSON.stringify(apiVersionOf(as))},"metadata":${JSON.stringify(list.metadata)}`
  if (list.items.length > LONG) return pieces(`${head},"items":[`, list.items)
  return Buffer.from(`${head},"items":[${list.items.map(toJson).join(',')}]}\n`)
}

function* pieces(head: string, items: readonly object[]): Generator<Buffer, undefined> {
  let text = head
  for (const [i, item] of items.entries()) {
    text += `${i === 0 ? '' : ','}${recall(item) ?? JSON.stringify(item)}`
    if (text.length < PIECE) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(`${text}]}\n`)
}
