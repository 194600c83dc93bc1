import { apiVersionOf, type KubeObject, type ObjectList } from '../core/machinery/object.ts'

// Stored objects are frozen and shared, so their JSON is made once, however many clients read or watch them.
const cache = new WeakMap<object, string>()

function toJson(object: object): string {
  if (!Object.isFrozen(object)) return JSON.stringify(object)
  const known = cache.get(object)
  if (known !== undefined) return known
  const text = JSON.stringify(object)
  cache.set(object, text)
  return text
}

/** An object as JSON, with its kind and apiVersion in front unless it names them itself. */
export function encodeObject(object: KubeObject, as: { group: string; version: string; kind: string }): string {
  if (object.kind) return JSON.stringify(object)
  return `{"kind":${JSON.stringify(as.kind)},"apiVersion":${JSON.stringify(apiVersionOf(as))},${toJson(object).slice(1)}`
}

/** A list as JSON. Items say no kind: the list does. */
export function encodeList(list: ObjectList, as: { group: string; version: string; kind: string }): string {
  const items = list.items.map(toJson).join(',')
  const head = `"kind":${JSON.stringify(list.kind ?? `${as.kind}List`)},"apiVersion":${JSON.stringify(apiVersionOf(as))}`
  return `{${head},"metadata":${JSON.stringify(list.metadata)},"items":[${items}]}`
}
