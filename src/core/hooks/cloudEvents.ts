// CloudEvents over HTTP: structured (the body is the event), binary (headers are its attributes) and in batches.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
import { isObject } from '../machinery/json/jsonObject.ts'
import { bareMediaType } from '../oci/mediaType.ts'
import { at, textAt, type Message } from './message.ts'
import { HookError, MOST_EVENTS } from './pushEvent.ts'

const BATCH = 'application/cloudevents-batch+json'

/** The events of a delivery, each with its data for a body; the delivery itself where it is no CloudEvent. Error: HookError. */
export function openEvents(message: Message): Message[] {
  if (bareMediaType(message.header('content-type') ?? '') === BATCH) return openBatch(message)
  const type = message.header('ce-type')
  // Percent-encoding of headers is of no matter here: types and sources that are looked for have none.
  if (type !== undefined) {
    const event = { type, source: message.header('ce-source') ?? '', id: message.header('ce-id') }
    return [{ ...message, event }]
  }
  return [textAt(message.body, 'specversion') === undefined ? message : openStructured(message)]
}

function openBatch(message: Message): Message[] {
  const { body } = message
  if (!Array.isArray(body)) throw new HookError('a batch of CloudEvents must be a list')
  if (body.length > MOST_EVENTS)
    throw new HookError(`it has ${body.length} events: at most ${MOST_EVENTS} are read at once`)
  return body.map((item: unknown) => openStructured({ ...message, body: item }))
}

function openStructured(message: Message): Message {
  const { body } = message
  const type = textAt(body, 'type')
  if (!isObject(body) || type === undefined) throw new HookError('a CloudEvent must be an object with a "type"')
  const event = { type, source: textAt(body, 'source') ?? '', id: textAt(body, 'id') }
  return { ...message, body: dataOf(body), event }
}

/** Data is JSON, or any bytes in base64. */
function dataOf(body: object): unknown {
  const encoded = textAt(body, 'data_base64')
  if (encoded === undefined) return at(body, 'data')
  try {
    return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as unknown
  } catch {
    throw new HookError('the data of the CloudEvent is no JSON in base64')
  }
}
