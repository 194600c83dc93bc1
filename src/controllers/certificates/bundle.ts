// The certificates of a server behind the aggregator, as a Secret keeps them.
import type { KubeObject } from '../../core/machinery/object.ts'
import { isPair } from '../../http/certificates.ts'
import type { KeyPair } from '../../http/keyPair.ts'

/** A Secret of core/v1. Values are base64. */
export interface Secret extends KubeObject {
  type?: string
  data?: Record<string, string>
}

/** What there is. All PEM. */
export interface Bundle {
  /** Signs the server's certificate. */
  authority: KeyPair
  /** Follows when everybody has been told of it. */
  next?: KeyPair
  /** Certificates of authorities that were before, and that some may still see. */
  previous: readonly string[]
  serving: KeyPair
}

/** Keys of the Secret: two are those of kubernetes.io/tls, and of cert-manager. */
export const SERVING = { cert: 'tls.crt', key: 'tls.key' }
const TRUSTED = 'ca.crt'
const AUTHORITY = { cert: 'authority.crt', key: 'authority.key' }
const NEXT = { cert: 'next-authority.crt', key: 'next-authority.key' }

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Whom clients are to trust: all authorities that sign, have signed and will sign. */
export function trusted({ authority, next, previous }: Bundle): string {
  return [authority.cert, ...(next ? [next.cert] : []), ...previous].map((pem) => `${pem.trim()}\n`).join('')
}

/** What a Secret holds; undefined when that is not a whole bundle. Whether it is still good is another question. */
export function parseBundle({ data = {} }: Secret): Bundle | undefined {
  const authority = pairOf(data, AUTHORITY)
  const serving = pairOf(data, SERVING)
  if (!authority || !serving) return undefined
  const next = pairOf(data, NEXT)
  const known = new Set([authority, next].map((pair) => pair?.cert.trim()))
  const all = textOf(data, TRUSTED).match(CERTIFICATE) ?? []
  return { authority, serving, previous: all.filter((pem) => !known.has(pem.trim())), ...(next && { next }) }
}

/** The Secret's data for a bundle. */
export function encodeBundle(bundle: Bundle): Record<string, string> {
  const { authority, next, serving } = bundle
  return encoded({
    ...named(AUTHORITY, authority),
    ...(next && named(NEXT, next)),
    ...named(SERVING, serving),
    [TRUSTED]: trusted(bundle),
  })
}

/** A pair of the Secret that TLS can use; undefined when it is not there, or not a pair. */
export function servingOf({ data = {} }: Secret): KeyPair | undefined {
  return pairOf(data, SERVING)
}

/** Those who sign the server's certificate, have signed it or will: ours, or cert-manager's. PEM; '' when the Secret does not say. */
export const authoritiesOf = ({ data = {} }: Secret): string => textOf(data, TRUSTED)

type Names = typeof SERVING

function pairOf(data: Readonly<Record<string, string>>, names: Names): KeyPair | undefined {
  const pair = { cert: textOf(data, names.cert), key: textOf(data, names.key) }
  return isPair(pair) ? pair : undefined
}

const textOf = (data: Readonly<Record<string, string>>, name: string): string =>
  Buffer.from(data[name] ?? '', 'base64').toString('utf8')

const named = (names: Names, { cert, key }: KeyPair): Record<string, string> => ({
  [names.cert]: cert,
  [names.key]: key,
})

const encoded = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString('base64')]))
