// Every kind of sender that is understood, and which of them has sent a delivery.
import { openEvents } from './cloudEvents.ts'
import type { Message, Sender } from './message.ts'
import { HookError, MOST_EVENTS, quoted, type PushEvent } from './pushEvent.ts'
import { acr } from './senders/acr.ts'
import { artifactory } from './senders/artifactory.ts'
import { distribution } from './senders/distribution.ts'
import { dockerHub } from './senders/dockerHub.ts'
import { ecr } from './senders/ecr.ts'
import { generic } from './senders/generic.ts'
import { github } from './senders/github.ts'
import { gitlab } from './senders/gitlab.ts'
import { google } from './senders/google.ts'
import { harbor } from './senders/harbor.ts'
import { nexus } from './senders/nexus.ts'
import { quay } from './senders/quay.ts'
import { zot } from './senders/zot.ts'

/** By name. The first that recognises a message of unknown origin reads it: the generic form is last, for it asks the least. */
const BY_NAME = {
  dockerhub: dockerHub,
  quay,
  harbor,
  zot,
  ecr,
  google,
  acr,
  nexus,
  artifactory,
  distribution,
  gitlab,
  github,
  generic,
} as const satisfies Readonly<Record<string, Sender>>

const SENDERS: Readonly<Record<string, Sender>> = BY_NAME

/** Who sends to a receiver. `cloudevents`: any of them, as CloudEvents. `any`: any of them. */
export type SenderName = keyof typeof BY_NAME | 'cloudevents' | 'any'

export const SENDER_NAMES = [...Object.keys(BY_NAME), 'cloudevents', 'any'].toSorted() as readonly SenderName[]

/** Whether a text names a kind of sender. */
export const isSenderName = (text: string): text is SenderName => (SENDER_NAMES as readonly string[]).includes(text)

/** What a delivery tells. */
export interface Delivered {
  /** The pushes; none for what tells of something else: deletions, scans, pings. */
  pushes: PushEvent[]
  /** Whether the same body again can only be a copy of it. */
  marked: boolean
  /** What no other delivery has of CloudEvents, whatever else is in them: the source and id of each. */
  identity: string | undefined
}

/** Reads a delivery to a receiver of this kind. Error: HookError. */
export function readDelivery(name: SenderName, delivery: Message): Delivered {
  const messages = openEvents(delivery)
  const read = messages.map((message) => {
    const sender = senderOf(name, message)
    return { pushes: sender.pushes(message), marked: sender.marked || isMarked(delivery, message) }
  })
  const pushes = read.flatMap((one) => one.pushes)
  const references = pushes.reduce((sum, { tags }) => sum + Math.max(1, tags.length), 0)
  if (references > MOST_EVENTS)
    throw new HookError(`it tells of ${references} tags: at most ${MOST_EVENTS} are read at once`)
  return { pushes, marked: read.every((one) => one.marked), identity: identityOf(messages) }
}

/** Whether the number of an event is in the body: where its attributes are headers, two events may have the same one. */
const isMarked = (delivery: Message, { event, body }: Message): boolean =>
  event?.id !== undefined && body !== delivery.body

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#id */
function identityOf(messages: readonly Message[]): string | undefined {
  const ids = messages.map(({ event }) => (event?.id === undefined ? undefined : [event.source, event.id]))
  return ids.length === 0 || ids.includes(undefined) ? undefined : JSON.stringify(ids)
}

function senderOf(name: SenderName, message: Message): Sender {
  const own = SENDERS[name]
  if (own?.recognises(message)) return own
  if (name === 'cloudevents' && !message.event) throw new HookError('it is no CloudEvent')
  const found = Object.values(SENDERS).find((sender) => sender.recognises(message))
  if (!own && found) return found
  const event = message.event ? ` (a CloudEvent of the type ${quoted(message.event.type)})` : ''
  if (!own) throw new HookError(`it is of no sender that is known${event}`)
  const looks = found ? `: it looks like one of ${found.title}` : event
  throw new HookError(`it is no message of ${own.title}${looks}`)
}
