// The wire format of protocol buffers, read. https://protobuf.dev/programming-guides/encoding/

export class ProtobufError extends Error {
  override name = 'ProtobufError'
}

/** One occurrence of a field. Varints are signed 64 bits wide, as Go's integers are written. */
export type Value = { varint: bigint } | { bytes: Uint8Array }

/** A field as it stands in a message. */
export interface Occurrence {
  number: number
  value: Value
}

/** The fields of a message, in the order in which they stand. Throws ProtobufError when the bytes are cut or broken. */
export function* fieldsOf(message: Uint8Array): Generator<Occurrence> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) throw new ProtobufError('unexpected end of the message')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw new ProtobufError('a number is longer than 64 bits')
  }
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > message.length) throw new ProtobufError('unexpected end of the message')
    const bytes = message.subarray(at, at + length)
    at += length
    return bytes
  }
  while (at < message.length) {
    const key = Number(varint())
    const number = key >>> 3
    const type = key & 7
    if (number === 0) throw new ProtobufError('field number 0 does not exist')
    if (type === 0) yield { number, value: { varint: varint() } }
    else if (type === 1) yield { number, value: { bytes: take(8) } }
    else if (type === 2) yield { number, value: { bytes: take(Number(varint())) } }
    else if (type === 5) yield { number, value: { bytes: take(4) } }
    else throw new ProtobufError(`wire type ${type} is not supported`)
  }
}

/** The bytes of an occurrence. */
export function bytesOf(value: Value): Uint8Array {
  if (!('bytes' in value)) throw new ProtobufError('a number stands where bytes should')
  return value.bytes
}

/** The number of an occurrence. */
export function varintOf(value: Value): bigint {
  if (!('varint' in value)) throw new ProtobufError('bytes stand where a number should')
  return value.varint
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text of an occurrence. */
export function textOf(value: Value): string {
  try {
    return utf8.decode(bytesOf(value))
  } catch (error) {
    if (error instanceof ProtobufError) throw error
    throw new ProtobufError('a text is not valid UTF-8', { cause: error })
  }
}
