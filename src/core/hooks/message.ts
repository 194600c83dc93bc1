// Message: a delivery that a sender is to read, and how its fields are found.
import { isObject, type JsonObject } from '../machinery/json/jsonObject.ts'
import type { PushEvent } from './pushEvent.ts'

/** What was delivered. */
export interface Message {
  /** A header by its name in lower case; undefined where there is none. */
  readonly header: (name: string) => string | undefined
  /** The JSON of the body; of a CloudEvent, its data. */
  readonly body: unknown
  /** Of the CloudEvent around it, if there is one. */
  readonly event?: EventAttributes
}

/** What a CloudEvent says of itself. No other event has its source and its id. */
export interface EventAttributes {
  readonly type: string
  readonly source: string
  /** Undefined where a sender has left it out, which none may. */
  readonly id: string | undefined
}

/** A kind of sender: how it tells of pushes. */
export interface Sender {
  /** As people call it. */
  readonly title: string
  /**
   * Whether no two of its messages are the same, byte by byte: they bear a time or a number. Where they do not, the same message
   * again is another push, unless it is signed.
   */
  readonly marked: boolean
  /** Whether this is one of its messages, of whatever kind. */
  recognises(message: Message): boolean
  /** The pushes of a message that it recognises; none for one that tells of something else. Error: HookError. */
  pushes(message: Message): PushEvent[]
}

/** The value at a path of keys; undefined where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((v, key) => (isObject(v) && Object.hasOwn(v, key) ? v[key] : undefined), value)
}

/** The text at a path; undefined where there is none, or an empty one. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** The object at a path; undefined where there is none. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject | undefined {
  const found = at(value, ...path)
  return isObject(found) ? found : undefined
}

/** The items of a list; none where there is no list. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** Where senders write a tag or a digest, the tag as a list; none for what was pushed by its digest, which moves no tag. */
export function tagsOf(reference: string | undefined): string[] {
  return reference === undefined || reference.includes(':') ? [] : [reference]
}

/** Host of a URL; undefined for what is none. */
export function hostOfUrl(text: string | undefined): string | undefined {
  if (text === undefined || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  return new URL(text).host
}
