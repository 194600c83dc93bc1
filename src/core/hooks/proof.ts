// How senders show that they know the secret of a receiver. Each in its own way; others' ways do not count.
import { keyedHash, sameSecret } from '../machinery/hash.ts'
import type { Receiver } from './receiver.ts'
import type { SenderName } from './senders.ts'

/** What a delivery shows. */
export interface Shown {
  readonly header: (name: string) => string | undefined
  /** Of the path; undefined where there is none. */
  readonly secret: string | undefined
  /** The body as it came. */
  readonly raw: Uint8Array
}

/** Whether something is shown at all, and whether it is right. */
export type Proof = 'right' | 'wrong' | 'none'

/** A way of showing it. `undefined`: it was not tried. */
type Way = (shown: Shown, secret: string) => boolean | undefined

const hex = (bytes: Buffer): string => bytes.toString('hex')

/** The body, signed in a header: `sha256=HEX`. https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
const hubSignature: Way = ({ header, raw }, secret) => {
  const shown = header('x-hub-signature-256')
  return shown === undefined
    ? undefined
    : sameSecret(shown.toLowerCase(), `sha256=${hex(keyedHash('sha256', secret, raw))}`)
}

/** The body, signed with SHA-1, in hexadecimal. https://help.sonatype.com/en/working-with-hmac-payloads.html */
const nexusSignature: Way = ({ header, raw }, secret) => {
  const shown = header('x-nexus-webhook-signature')
  return shown === undefined ? undefined : sameSecret(shown.toLowerCase(), hex(keyedHash('sha1', secret, raw)))
}

/** The secret itself, or the body signed with it: a setting of the webhook in Artifactory. */
const jfrogEventAuth: Way = ({ header, raw }, secret) => {
  const shown = header('x-jfrog-event-auth')
  if (shown === undefined) return undefined
  const signed = sameSecret(shown.toLowerCase(), hex(keyedHash('sha256', secret, raw)))
  return sameSecret(shown, secret) || signed
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

/** Whether a delivery is from the receiver's sender. All that it shows must be right: one of two is not enough. */
export function proofOf({ sender, secret }: Pick<Receiver, 'sender' | 'secret'>, shown: Shown): Proof {
  const results = WAYS[sender].map((way) => way(shown, secret)).filter((result) => result !== undefined)
  if (results.length === 0) return 'none'
  return results.every(Boolean) ? 'right' : 'wrong'
}
