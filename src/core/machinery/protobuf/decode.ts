// Bodies in Kubernetes' protocol buffers. kubectl sends them for the built-in kinds (`create namespace`, `create deployment`).
// A message says numbers where JSON says names: the numbers of each type are in a table beside its schema. The result is what
// the same object would be in JSON; decode.ts checks it like any other.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representation-of-resources
import type { GoKind, TSchema } from '../schema.ts'
import { bytesOf, fieldsOf, ProtobufError, textOf, type Value, varintOf } from './reader.ts'

/** Field numbers of one type: number to JSON name; a nested table is a message whose fields JSON has inline. */
export interface Numbers {
  readonly [number: number]: string | Numbers
}

/** Tables by the name of the definition (`x-definition`). */
export type NumberTables = Readonly<Record<string, Numbers>>

type Json = Record<string, unknown>

/** Nested messages that a body may have: far more than any type of Kubernetes. */
const MAX_DEPTH = 100

/** Bytes that every Kubernetes protobuf body begins with. */
const MAGIC = Uint8Array.of(0x6b, 0x38, 0x73, 0x00)

/** The envelope (runtime.Unknown): what the body is, and the message itself. Throws ProtobufError. */
export function openEnvelope(body: Uint8Array): { apiVersion: string; kind: string; raw: Uint8Array } {
  if (!MAGIC.every((byte, i) => body[i] === byte))
    throw new ProtobufError('the body does not begin with the prefix "k8s"')
  const found: { apiVersion: string; kind: string; raw: Uint8Array } = {
    apiVersion: '',
    kind: '',
    raw: new Uint8Array(),
  }
  for (const { number, value } of fieldsOf(body.subarray(MAGIC.length))) {
    if (number === 1)
      for (const field of fieldsOf(bytesOf(value))) {
        if (field.number === 1) found.apiVersion = textOf(field.value)
        if (field.number === 2) found.kind = textOf(field.value)
      }
    if (number === 2) found.raw = bytesOf(value)
  }
  return found
}

/** A message of a schema's type as JSON. Fields without a number in the tables are skipped, as protobuf wants. Throws ProtobufError. */
export function decodeMessage(schema: TSchema, tables: NumberTables, message: Uint8Array): Json {
  const object: Json = {}
  const numbers = numbersOf(schema as Json, tables)
  if (!numbers) throw new ProtobufError('this kind cannot be read from protobuf: send JSON')
  readInto(object, schema as Json, numbers, { tables, depth: 0 }, message)
  return object
}

interface Reading {
  tables: NumberTables
  depth: number
}

function numbersOf(schema: Json, tables: NumberTables): Numbers | undefined {
  const name = schema['x-definition'] as string | undefined
  return name === undefined ? undefined : tables[name]
}

function readInto(object: Json, schema: Json, numbers: Numbers, reading: Reading, message: Uint8Array): void {
  if (reading.depth > MAX_DEPTH) throw new ProtobufError('the message is nested too deep')
  const inner = { ...reading, depth: reading.depth + 1 }
  const properties = (schema.properties ?? {}) as Record<string, Json>
  for (const { number, value } of fieldsOf(message)) {
    const target = numbers[number]
    if (target === undefined) continue
    if (typeof target !== 'string') readInto(object, schema, target, inner, bytesOf(value))
    else if (Object.hasOwn(properties, target))
      object[target] = readValue(properties[target]!, inner, value, object[target])
  }
}

/** A property's value after one more occurrence of its field. */
function readValue(schema: Json, reading: Reading, value: Value, before: unknown): unknown {
  if (schema.type === 'array')
    return append(before as unknown[] | undefined, readValue(schema.items as Json, reading, value, undefined))
  if (schema.additionalProperties)
    return readEntry(schema.additionalProperties as Json, reading, value, before as Json | undefined)
  if (schema.properties) {
    // A type without numbers (a status) is one that clients do not send filled.
    const numbers = numbersOf(schema, reading.tables)
    const object = (before as Json | undefined) ?? {}
    if (numbers) readInto(object, schema, numbers, reading, bytesOf(value))
    return object
  }
  return LEAVES[schema['x-go'] as GoKind](value)
}

function append(list: unknown[] = [], item: unknown): unknown[] {
  list.push(item)
  return list
}

/** A map after one more entry: a message of key 1 and value 2. */
function readEntry(values: Json, reading: Reading, entry: Value, before: Json = {}): Json {
  let key = ''
  let value: unknown
  for (const field of fieldsOf(bytesOf(entry))) {
    if (field.number === 1) key = textOf(field.value)
    if (field.number === 2) value = readValue(values, reading, field.value, undefined)
  }
  const fallback = values['x-go'] === 'string' || values['x-go'] === 'bytes' ? '' : undefined
  // Never assigned: a key may be "__proto__".
  Object.defineProperty(before, key, { value: value ?? fallback, enumerable: true, writable: true, configurable: true })
  return before
}

/** Parts of a small message by number: the last occurrence of each. */
function parts(value: Value): Map<number, Value> {
  return new Map([...fieldsOf(bytesOf(value))].map((field) => [field.number, field.value]))
}

/** Seconds and nanoseconds since 1970 as RFC 3339; a message without either is no time at all. */
function readTime(value: Value): string | undefined {
  const found = parts(value)
  if (!found.has(1) && !found.has(2)) return undefined
  const seconds = found.has(1) ? Number(varintOf(found.get(1)!)) : 0
  const nanos = found.has(2) ? Number(varintOf(found.get(2)!)) : 0
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) throw new ProtobufError('a time is out of range')
  return `${date.toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`
}

function readIntOrString(value: Value): number | string {
  const found = parts(value)
  const isText = found.has(1) && varintOf(found.get(1)!) === 1n
  if (isText) return found.has(3) ? textOf(found.get(3)!) : ''
  return found.has(2) ? Number(varintOf(found.get(2)!)) : 0
}

function readRaw(value: Value): unknown {
  const raw = parts(value).get(1)
  if (!raw) return undefined
  try {
    return JSON.parse(textOf(raw)) as unknown
  } catch (error) {
    throw new ProtobufError('an embedded object is not valid JSON', { cause: error })
  }
}

const LEAVES: Readonly<Record<GoKind, (value: Value) => unknown>> = {
  string: textOf,
  bool: (value) => varintOf(value) !== 0n,
  int32: (value) => Number(varintOf(value)),
  int64: (value) => Number(varintOf(value)),
  number: (value) => Number(varintOf(value)),
  time: readTime,
  microtime: readTime,
  bytes: (value) => Buffer.from(bytesOf(value)).toString('base64'),
  any: readRaw,
  intOrString: readIntOrString,
  quantity: (value) => {
    const text = parts(value).get(1)
    return text ? textOf(text) : '0'
  },
}
