// How senders show that they know the secret of a receiver. Each in its own way; others' ways do not count.
import { keyedHash, sameSecret } from '../machinery/hash.ts'
import type { Receiver } from './receiver.ts'
import type { SenderName } from './senders.ts'

/** What a delivery shows. */
export interface Shown {
  readonly header: (name: string) => string | undefined
  /** Of the path; undefined where there is none. */
  readonly secret: string | undefined
  /** The body as it came; undefined as long as nobody has read it. */
  readonly raw?: Uint8Array
}

/** Whether something is shown at all, and whether it is right. `signed`: only the body can tell, and it has not been read. */
export type Proof = 'right' | 'wrong' | 'none' | 'signed'

/** A way of showing it. `undefined`: it was not tried. */
type Way = (shown: Shown, secret: string) => boolean | 'signed' | undefined

/** Whether a text is the keyed hash of the body, in hexadecimal. What cannot be one need not be read any further. */
function isSignature(text: string, algorithm: 'sha1' | 'sha256', secret: string, { raw }: Shown): boolean | 'signed' {
  const shown = text.toLowerCase()
  if (!/^[0-9a-f]+$/.test(shown) || shown.length !== (algorithm === 'sha1' ? 40 : 64)) return false
  return raw === undefined ? 'signed' : sameSecret(shown, keyedHash(algorithm, secret, raw).toString('hex'))
}

/** The body, signed in a header: `sha256=HEX`. https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
const hubSignature: Way = (all, secret) => {
  const [, signature] = /^sha256=(.*)$/i.exec(all.header('x-hub-signature-256') ?? '') ?? []
  if (signature !== undefined) return isSignature(signature, 'sha256', secret, all)
  return all.header('x-hub-signature-256') === undefined ? undefined : false
}

/** The body, signed with SHA-1, in hexadecimal. https://help.sonatype.com/en/working-with-hmac-payloads.html */
const nexusSignature: Way = (all, secret) => {
  const shown = all.header('x-nexus-webhook-signature')
  return shown === undefined ? undefined : isSignature(shown, 'sha1', secret, all)
}

/** The secret itself, or the body signed with it: a setting of the webhook in Artifactory. */
const jfrogEventAuth: Way = (all, secret) => {
  const shown = all.header('x-jfrog-event-auth')
  if (shown === undefined) return undefined
  return sameSecret(shown, secret) || isSignature(shown, 'sha256', secret, all)
}

/** The secret in a header of its own. */
const token =
  (name: string): Way =>
  ({ header }, secret) => {
    const shown = header(name)
    return shown === undefined ? undefined : sameSecret(shown, secret)
  }

/** In Authorization: bare, as a bearer token, or as the password of any user. */
const authorization: Way = ({ header }, secret) => {
  const shown = header('authorization')
  if (shown === undefined) return undefined
  const [, scheme = '', rest = ''] = /^(bearer|basic) +(\S+)$/i.exec(shown.trim()) ?? []
  if (scheme.toLowerCase() === 'bearer') return sameSecret(rest, secret)
  if (scheme === '') return sameSecret(shown.trim(), secret)
  const pair = Buffer.from(rest, 'base64').toString('utf8')
  return sameSecret(pair.slice(pair.indexOf(':') + 1), secret)
}

/** The last part of the path: for senders that can be told nothing but a URL. */
const path: Way = ({ secret: shown }, secret) => (shown === undefined ? undefined : sameSecret(shown, secret))

const gitlabToken = token('x-gitlab-token')
const apiKey = token('x-api-key')

/** What each can do. A sender that can sign must: a signature says that the body is its own, too. */
const WAYS: Readonly<Record<SenderName, readonly Way[]>> = {
  acr: [authorization, path],
  any: [hubSignature, nexusSignature, jfrogEventAuth, gitlabToken, apiKey, authorization, path],
  artifactory: [jfrogEventAuth],
  cloudevents: [hubSignature, apiKey, authorization, path],
  distribution: [authorization, path],
  dockerhub: [path],
  ecr: [apiKey, authorization],
  generic: [hubSignature, apiKey, authorization, path],
  github: [hubSignature],
  gitlab: [gitlabToken, authorization],
  google: [path],
  harbor: [authorization],
  nexus: [nexusSignature],
  quay: [path],
  zot: [authorization, path],
}

/**
 * Whether a delivery is from the receiver's sender. All that it shows must be right: one of two is not enough. Without the body it
 * tells as much as the rest does: what is wrong or not there need not be read.
 */
export function proofOf({ sender, secret }: Pick<Receiver, 'sender' | 'secret'>, shown: Shown): Proof {
  const results = WAYS[sender].map((way) => way(shown, secret)).filter((result) => result !== undefined)
  if (results.length === 0) return 'none'
  if (results.includes(false)) return 'wrong'
  return results.includes('signed') ? 'signed' : 'right'
}
