// PushEvent: what a webhook of a registry tells. It is a hint and nothing more: it may cause a look at what is tracked already.
import { isDigest } from '../oci/digest.ts'
import { HOST, NAME_LIMIT, PATH, TAG } from '../oci/grammar.ts'

/** Somebody has pushed to a repository. */
export interface PushEvent {
  /** Host of the registry, with a port where it has one, in lower case; undefined where the sender does not say. */
  readonly host: string | undefined
  /** Path of the repository on that host: `library/ruby`. */
  readonly repository: string
  /** Tags that were moved; none where the sender does not say which: any of them may have been. */
  readonly tags: readonly string[]
  /** What they mean now, where the sender says so. Not to be believed: only a registry tells what a tag means. */
  readonly digest?: string
}

/** A payload that cannot be used. The message says what is wrong with it, and quotes little of it. */
export class HookError extends Error {
  override name = 'HookError'
}

/** Tags of one delivery, and events of one: no registry tells of more at once, and each costs a look-up. */
export const MOST_TAGS = 1000
export const MOST_EVENTS = 1000

/** What a sender says of a push, before it is looked at. */
export interface Told {
  host?: string | undefined
  repository: string | undefined
  tags: readonly unknown[]
  digest?: unknown
}

/** The event. Error: HookError, for names that no registry has. */
export function pushEvent({ host, repository, tags, digest }: Told): PushEvent {
  if (tags.length > MOST_TAGS)
    throw new HookError(`it names ${tags.length} tags: at most ${MOST_TAGS} are read at once`)
  return {
    host: host === undefined ? undefined : hostOf(host),
    repository: repositoryOf(repository),
    tags: [...new Set(tags.map(tagOf))],
    // Only a hint, and vendors' own examples have digests that are cut short: left out rather than refused.
    ...(typeof digest === 'string' && isDigest(digest) && { digest: digest.toLowerCase() }),
  }
}

function hostOf(text: string): string {
  if (text.length > NAME_LIMIT || !HOST.test(text)) throw new HookError(`${quoted(text)} is no host of a registry`)
  return text.toLowerCase()
}

function repositoryOf(text: string | undefined): string {
  if (text === undefined) throw new HookError('it does not say which repository was pushed to')
  if (text.length > NAME_LIMIT || !PATH.test(text)) throw new HookError(`${quoted(text)} is no name of a repository`)
  return text
}

function tagOf(value: unknown): string {
  if (typeof value !== 'string') throw new HookError('a tag must be a text')
  if (!TAG.test(value.slice(0, NAME_LIMIT))) throw new HookError(`${quoted(value)} is no tag`)
  return value
}

/** Characters of a payload that a message repeats at most. */
const QUOTED = 80

/** Repeats a text in a message: a piece of it, on one line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text)
}
