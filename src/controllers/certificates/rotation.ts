// Renewing certificates without a moment in which somebody does not trust them: clients are told of a new authority while the
// old one still signs, and of the old one while there may be certificates of it.
import { X509Certificate } from 'node:crypto'
import { isExpiring, isLeaf } from '../../http/certificates.ts'
import type { KeyPair } from '../../http/keyPair.ts'
import type { Bundle } from './bundle.ts'

const LEAF_DAYS = 90
const AUTHORITY_DAYS = 3 * 365
/** Days before its end at which an authority gets its successor. */
const RENEW_AUTHORITY_DAYS = 365
/** Milliseconds from a successor's birth until it signs: every kube-apiserver has seen it by then. */
const SETTLING = 10 * 60_000

/** What decides. */
export interface RotationInput {
  /** Names under which the server is reached. */
  hosts: readonly string[]
  now: Date
  /** Whether all clients have been told of everything that is trusted at the moment. */
  told: boolean
}

/** The bundle one step on; the same one when nothing is to be done. What is missing or unusable is made anew. */
export async function rotate(bundle: Bundle | undefined, { hosts, now, told }: RotationInput): Promise<Bundle> {
  const issue = () => import('../../http/issue.ts')
  const makeAuthority = async () =>
    (await issue()).issueAuthority(`millrace-ca@${Math.floor(now.getTime() / 1000)}`, AUTHORITY_DAYS, now)
  const signed = async (by: KeyPair) => (await issue()).issueServer(by, hosts, LEAF_DAYS, now)
  if (!bundle || isExpiring(bundle.authority.cert, 0, now)) {
    const authority = await makeAuthority()
    return { authority, serving: await signed(authority), previous: [] }
  }
  const { authority, next } = bundle
  const previous = bundle.previous.filter((cert) => !isExpiring(cert, 0, now))
  if (next && told && age(next, now) >= SETTLING)
    return { authority: next, serving: await signed(next), previous: [authority.cert, ...previous] }
  if (!next && isExpiring(authority.cert, RENEW_AUTHORITY_DAYS, now))
    return { ...bundle, previous, next: await makeAuthority() }
  if (!isLeaf(authority, now, hosts)(new X509Certificate(bundle.serving.cert)))
    return { ...bundle, previous, serving: await signed(authority) }
  return previous.length === bundle.previous.length ? bundle : { ...bundle, previous }
}

/** Milliseconds since a certificate was made, by its own word. */
function age({ cert }: KeyPair, now: Date): number {
  return now.getTime() - new X509Certificate(cert).validFromDate.getTime()
}
