// Receiver: where one sender delivers to, and how it shows that it is the one.
import type { SenderName } from './senders.ts'

/** See above. */
export interface Receiver {
  /** Last part of its path, `/hooks/NAME`. */
  readonly name: string
  readonly sender: SenderName
  /** Known to the sender and to us. Never in a log, an error or a metric. */
  readonly secret: string
  /** Host of all that it tells of, whatever the sender says: registries behind a proxy do not know how others call them. */
  readonly host?: string
}

/** Names are those of Kubernetes' objects. */
export const RECEIVER_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/

/** Characters of a secret: fewer could be guessed, and of more a path would be refused somewhere on its way. */
const SHORTEST_SECRET = 16
const LONGEST_SECRET = 1024

/** What is wrong with a secret, if anything. It is not repeated. */
export function secretProblem(secret: string): string | undefined {
  if (secret.length < SHORTEST_SECRET) return `the secret must have at least ${SHORTEST_SECRET} characters`
  if (secret.length > LONGEST_SECRET) return `the secret must have at most ${LONGEST_SECRET} characters`
  // Headers are trimmed on their way, and cannot hold everything.
  return /^[!-~]+$/.test(secret) ? undefined : 'the secret must consist of printable ASCII characters without spaces'
}

const PREFIX = '/hooks/'

/** A path of a receiver: its name, and the secret of senders that can show it nowhere else. */
export interface HookPath {
  name: string
  secret: string | undefined
}

/** Takes a path apart that is still percent-encoded; undefined for one that does not lead to receivers. */
export function parseHookPath(path: string): HookPath | undefined {
  if (!path.startsWith(PREFIX)) return undefined
  const [name = '', secret, ...rest] = path.slice(PREFIX.length).split('/')
  // What has more parts leads to no receiver: its name is one that no receiver has.
  return rest.length > 0 ? { name: '', secret: undefined } : { name, secret: secret && decoded(secret) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A path as it may stand in a log: without the secret that it may end in. */
export function withoutSecret(path: string): string {
  const at = path.indexOf(PREFIX)
  const end = at < 0 ? -1 : path.indexOf('/', at + PREFIX.length)
  return end < 0 ? path : `${path.slice(0, end)}/…`
}
