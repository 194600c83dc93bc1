// Receiver: where one sender delivers to, and how it shows that it is the one.
import { HOST } from '../oci/grammar.ts'
import { quoted } from './pushEvent.ts'
import { isSenderName, SENDER_NAMES, type SenderName } from './senders.ts'

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

/** A receiver that is not as it should be. The message says what is wrong with it, without its secret. */
export class ReceiverError extends Error {
  override name = 'ReceiverError'
}

/** Names are those of Kubernetes' objects, if short. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/

/** Characters of a secret: fewer could be guessed, and with more a URL would be refused somewhere on its way. */
const SHORTEST_SECRET = 16
const LONGEST_SECRET = 1024

/** The receiver that somebody has written down. Error: ReceiverError. */
export function receiverOf(said: {
  name: string
  sender: string
  secret: string
  host?: string | undefined
}): Receiver {
  const { name, sender, secret, host } = said
  if (!NAME.test(name))
    throw new ReceiverError(`${quoted(name)} is no name of a receiver: at most 63 of a-z, 0-9, "-" and "." are`)
  if (!isSenderName(sender))
    throw new ReceiverError(`no sender is called ${quoted(sender)}: choose one of ${SENDER_NAMES.join(', ')}`)
  const problem = secretProblem(secret)
  if (problem) throw new ReceiverError(problem)
  if (host !== undefined && (host.length > 255 || !HOST.test(host)))
    throw new ReceiverError(`${quoted(host)} is no host of a registry`)
  return { name, sender, secret, ...(host !== undefined && { host: host.toLowerCase() }) }
}

function secretProblem(secret: string): string | undefined {
  if (secret.length < SHORTEST_SECRET) return `its secret must have at least ${SHORTEST_SECRET} characters`
  if (secret.length > LONGEST_SECRET) return `its secret must have at most ${LONGEST_SECRET} characters`
  // Headers are trimmed on their way, and cannot hold everything.
  return /^[!-~]+$/.test(secret) ? undefined : 'its secret must be of printable ASCII characters, without spaces'
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
