// The wire format of protocol buffers, as much of it as encoding a document takes.
// https://protobuf.dev/programming-guides/encoding/

/** Encodes a value as what a field holds: once, or as often as a repeated field occurs. */
export type Encoder = (value: unknown) => Field[]

/** One occurrence of a field. */
export type Field = { varint: number } | { bytes: Uint8Array }

/** Fields of a message: the key in JSON, the field number, and how its value is encoded. */
export type Fields = Readonly<Record<string, readonly [number: number, encode: Encoder]>>

const utf8 = new TextEncoder()

/** Encodes a string. */
export const text: Encoder = (value) => [{ bytes: utf8.encode(String(value)) }]
/** Encodes a bool. */
export const flag: Encoder = (value) => [{ varint: value ? 1 : 0 }]

/** A repeated field: one occurrence for each item. */
export const each =
  (encode: Encoder): Encoder =>
  (value) =>
    (value as unknown[]).flatMap(encode)

/** A message within a message. The fields are asked for late, since messages may contain themselves. */
export const nested =
  (fields: () => Fields): Encoder =>
  (value) => [{ bytes: message(fields(), value as Record<string, unknown>) }]

/** A message whose only field is the value. */
export const wrap =
  (number: number, encode: Encoder): Encoder =>
  (value) => [{ bytes: message({ it: [number, encode] }, { it: value }) }]

/** The message of an object; keys that have no field go to the field of `rest`, one by one, where there is one. */
export function message(fields: Fields, object: Readonly<Record<string, unknown>>): Uint8Array {
  const parts: Uint8Array[] = []
  const put = (number: number, contents: readonly Field[]) => {
    for (const content of contents) {
      if ('varint' in content) parts.push(varint(number << 3), varint(content.varint))
      else parts.push(varint((number << 3) | 2), varint(content.bytes.length), content.bytes)
    }
  }
  const { [REST]: rest } = fields
  for (const [key, value] of Object.entries(object)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (value === undefined) continue
    if (field) put(field[0], field[1](value))
    else if (rest) put(rest[0], rest[1]([key, value]))
  }
  return concat(parts)
}

/** Name of the field that takes what no other field takes, as `[key, value]`. */
export const REST = '*'

/** An entry of a map, in the form that gnostic gives maps: a message of name and value. */
export const entry =
  (encode: Encoder): Encoder =>
  (pair) => {
    const [name, value] = pair as [string, unknown]
    return [{ bytes: message({ name: [1, text], value: [2, encode] }, { name, value }) }]
  }

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
