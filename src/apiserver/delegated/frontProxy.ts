// Users whom the aggregator introduces: it shows its own certificate, and says in headers for whom it asks.
// https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/#kubernetes-apiserver-client-authentication
import { X509Certificate } from 'node:crypto'
import type { User } from '../../core/machinery/resource.ts'
import type { PeerCertificate, Request } from '../../http/handler.ts'
import type { Authenticator } from '../authenticate.ts'

/** Whom the cluster lets speak for others, and which certificates of clients it signs itself. */
export interface ClusterAuthentication {
  /** PEM of the authorities of clients that are users themselves; '' when there is none. */
  clientCa: string
  frontProxy?: FrontProxy
}

/** The aggregator. Names of headers are lower-case. */
export interface FrontProxy {
  /** PEM of the authorities. */
  ca: string
  /** Common names that may speak for others; empty: all of that authority. */
  allowedNames: readonly string[]
  usernameHeaders: readonly string[]
  uidHeaders: readonly string[]
  groupHeaders: readonly string[]
  extraPrefixes: readonly string[]
}

/** Reads the ConfigMap `extension-apiserver-authentication`. Error: SyntaxError for a list that is none. */
export function parseAuthentication(data: Readonly<Record<string, string>>): ClusterAuthentication {
  const list = (key: string): string[] => {
    const value: unknown = JSON.parse(data[key] ?? '[]')
    if (!Array.isArray(value)) throw new SyntaxError(`${key} is not a list`)
    return value.map(String)
  }
  const lower = (key: string): string[] => list(key).map((name) => name.toLowerCase())
  const clientCa = data['client-ca-file'] ?? ''
  const ca = data['requestheader-client-ca-file']
  if (!ca) return { clientCa }
  return {
    clientCa,
    frontProxy: {
      ca,
      allowedNames: list('requestheader-allowed-names'),
      usernameHeaders: lower('requestheader-username-headers'),
      uidHeaders: lower('requestheader-uid-headers'),
      groupHeaders: lower('requestheader-group-headers'),
      extraPrefixes: lower('requestheader-extra-headers-prefix'),
    },
  }
}

/** Authenticates by what the cluster trusts at the moment: the aggregator first, then users by their own certificates. */
export function byClusterCertificate(current: () => ClusterAuthentication): Authenticator {
  const fingerprints = remembered(fingerprintsOf)
  const signedBy = (peer: PeerCertificate, pem: string): boolean => {
    const authorities = fingerprints(pem)
    return peer.authorities.some((fingerprint) => authorities.has(fingerprint))
  }
  return async (request) => {
    const { peer } = request
    if (!peer) return undefined
    const { clientCa, frontProxy } = current()
    if (frontProxy && signedBy(peer, frontProxy.ca) && mayIntroduce(peer, frontProxy)) {
      const user = introduced(request, frontProxy)
      if (user) return user
    }
    if (!signedBy(peer, clientCa)) return undefined
    return { name: peer.commonName, groups: [...peer.organizations, 'system:authenticated'] }
  }
}

function mayIntroduce({ commonName }: PeerCertificate, { allowedNames }: FrontProxy): boolean {
  return allowedNames.length === 0 || allowedNames.includes(commonName)
}

/** The user that the headers name. Groups come as they are: the aggregator has authenticated the user. */
function introduced(request: Request, proxy: FrontProxy): User | undefined {
  const first = (names: readonly string[]): string | undefined =>
    names.map((name) => request.values(name)[0]).find((value) => value)
  const name = first(proxy.usernameHeaders)
  if (!name) return undefined
  const uid = first(proxy.uidHeaders)
  const groups = proxy.groupHeaders.flatMap((header) => request.values(header))
  const extra = extraOf(request, proxy.extraPrefixes)
  return { name, groups, ...(uid && { uid }), ...(extra && { extra }) }
}

function extraOf(request: Request, prefixes: readonly string[]): User['extra'] {
  const found = new Map<string, readonly string[]>()
  for (const header of Object.keys(request.headers)) {
    const prefix = prefixes.find((p) => header.startsWith(p) && header.length > p.length)
    if (prefix !== undefined) found.set(unescape(header.slice(prefix.length)), request.values(header))
  }
  return found.size > 0 ? Object.fromEntries(found) : undefined
}

/** Keys may contain what headers may not: such characters are percent-encoded. */
function unescape(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Fingerprints of the certificates of a PEM file. What cannot be read is left out. */
export function fingerprintsOf(pem: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [certificate] of pem.matchAll(CERTIFICATE)) {
    try {
      found.add(new X509Certificate(certificate).fingerprint256)
    } catch {
      // Nobody can show a certificate that such an authority has signed.
    }
  }
  return found
}

/** Answers the last two arguments from memory: the two authorities change once in a year. */
function remembered<T>(compute: (argument: string) => T): (argument: string) => T {
  const known = new Map<string, T>()
  return (argument) => {
    const found = known.get(argument)
    if (found !== undefined) return found
    const value = compute(argument)
    if (known.size >= 2) known.clear()
    known.set(argument, value)
    return value
  }
}
