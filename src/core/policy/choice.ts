// Choices: what the policies of a stream's tags have chosen, and what waits. The stream remembers them in an annotation, so that no
// restart, and no other replica, goes back to an older version or forgets since when something is known.
import { CHOICES } from '../image/annotations.ts'
import type { ImageStream } from '../image/types.ts'
import { isImportable } from '../image/importable.ts'
import { isDigest } from '../oci/digest.ts'
import { TAG } from '../oci/grammar.ts'

/** A tag, or what it points at by now, that is not adopted yet. */
export interface Waiting {
  tag: string
  /** What it pointed at when it was seen. Without it nobody can say that it is still the same: it waits anew. */
  digest?: string
  /** When it was seen first, RFC 3339. */
  since: string
}

/** What a policy has chosen. */
export interface Choice {
  /** Of which policy: see policyId. */
  policy: string
  /** Absent: nothing yet. */
  tag?: string
  /** What the tag pointed at when it was adopted; only with a cool-down. */
  digest?: string
  /** How many tags fitted at that time. */
  candidates?: number
  /** With a cool-down only. */
  waiting?: Waiting[]
}

/** Tags that wait at once, for each choice: it fits a day of releases. More are noticed when these have been adopted. */
export const MAX_WAITING = 8

/** The choices of a stream by tag. What is no choice is left out. */
export function choicesOf({ metadata }: Pick<ImageStream, 'metadata'>): Map<string, Choice> {
  const text = metadata.annotations?.[CHOICES]
  if (text === undefined) return new Map()
  let all: unknown
  try {
    all = JSON.parse(text)
  } catch {
    return new Map()
  }
  if (!isRecord(all)) return new Map()
  return new Map(Object.entries(all).filter((entry): entry is [string, Choice] => isChoice(entry[1])))
}

/** The choice of a tag. */
export function choiceOf(stream: Pick<ImageStream, 'metadata'>, tag: string): Choice | undefined {
  return choicesOf(stream).get(tag)
}

/** Writes down what imports have chosen, beside the other choices. undefined: the tag has no policy. */
export function setChoices(stream: ImageStream, news: ReadonlyMap<string, Choice | undefined>): void {
  const all = new Map<string, Choice | undefined>([...choicesOf(stream), ...news])
  const kept = (stream.spec.tags ?? []).flatMap((tag): [string, Choice][] => {
    const choice = isImportable(tag) ? all.get(tag.name) : undefined
    return choice ? [[tag.name, choice]] : []
  })
  write(stream, kept.length > 0 ? JSON.stringify(Object.fromEntries(kept)) : undefined)
}

/**
 * Choices are the server's to make: a write of a client leaves them as they were, but for tags that are gone. Of a tag that has lost
 * its policy it stays until the tag is imported: that it is there, and of another policy, makes the import.
 */
export function keepChoices(next: ImageStream, old: ImageStream | undefined): void {
  const before = old?.metadata.annotations?.[CHOICES]
  if (before === undefined && next.metadata.annotations?.[CHOICES] === undefined) return
  write(next, before)
  if (before !== undefined) setChoices(next, new Map())
}

function write({ metadata }: ImageStream, text: string | undefined): void {
  const { [CHOICES]: _, ...others } = metadata.annotations ?? {}
  if (text !== undefined) metadata.annotations = { ...others, [CHOICES]: text }
  else if (Object.keys(others).length > 0) metadata.annotations = others
  else delete metadata.annotations
}

function isChoice(value: unknown): value is Choice {
  if (!isRecord(value) || typeof value['policy'] !== 'string') return false
  const { tag, digest, candidates, waiting } = value
  return (
    (tag === undefined || isTag(tag)) &&
    (digest === undefined || isDigestText(digest)) &&
    (candidates === undefined || typeof candidates === 'number') &&
    (waiting === undefined || (Array.isArray(waiting) && waiting.length <= MAX_WAITING + 1 && waiting.every(isWaiting)))
  )
}

function isWaiting(value: unknown): value is Waiting {
  if (!isRecord(value)) return false
  const { tag, digest, since } = value
  return isTag(tag) && (digest === undefined || isDigestText(digest)) && !Number.isNaN(Date.parse(String(since)))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isTag = (value: unknown): boolean => typeof value === 'string' && TAG.test(value)
const isDigestText = (value: unknown): boolean => typeof value === 'string' && isDigest(value)
