// Making certificates: ECDSA P-256, by @peculiar/x509. Loaded only when one must be made: it is a tenth of a second to load.
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
  type X509CertificateCreateParamsName,
} from '@peculiar/x509'
import { isIP } from 'node:net'
import type { KeyPair } from './keyPair.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY = 24 * 3_600_000
/** Clocks differ: certificates are valid from a little before now on. */
const SKEW = 5 * 60_000

interface Issue {
  subject: X509CertificateCreateParamsName
  days: number
  now: Date
  extensions: Extension[]
  /** Who signs; nobody: self-signed. */
  authority?: KeyPair
}

/** A self-signed authority. */
export function issueAuthority(commonName: string, days: number, now: Date): Promise<KeyPair> {
  const usages = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature
  const extensions = [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(usages, true)]
  return issue({ subject: [{ CN: [commonName] }], days, now, extensions })
}

/** A certificate for a server that is reached under these names and addresses. */
export function issueServer(authority: KeyPair, hosts: readonly string[], days: number, now: Date): Promise<KeyPair> {
  const names = hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }))
  const extensions = leaf(ExtendedKeyUsage.serverAuth, new SubjectAlternativeNameExtension(names))
  return issue({ subject: [{ CN: [hosts[0] ?? ''] }], days, now, extensions, authority })
}

/** A certificate for a client: the user's name is the common name, its groups are the organizations. */
export function issueClient(
  authority: KeyPair,
  user: { name: string; groups: readonly string[] },
  days: number,
  now: Date,
): Promise<KeyPair> {
  const subject = [...user.groups.map((group) => ({ O: [group] })), { CN: [user.name] }]
  return issue({ subject, days, now, extensions: leaf(ExtendedKeyUsage.clientAuth), authority })
}

const leaf = (usage: ExtendedKeyUsage, ...more: Extension[]): Extension[] => [
  new BasicConstraintsExtension(false, undefined, true),
  new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
  new ExtendedKeyUsageExtension([usage]),
  ...more,
]

async function issue({ subject, days, now, extensions, authority }: Issue): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const issuer = authority && new X509Certificate(authority.cert)
  const certificate = await X509CertificateGenerator.create({
    subject,
    // As it is written there, not only what it says: some compare bytes (Go does).
    issuer: issuer?.subjectName ?? subject,
    notBefore: new Date(now.getTime() - SKEW),
    notAfter: new Date(now.getTime() + days * DAY),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: authority ? await importKey(authority.key) : keys.privateKey,
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer?.publicKey ?? keys.publicKey),
    ],
  })
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { cert: `${certificate.toString('pem')}\n`, key: `${key}\n` }
}

function importKey(pem: string): Promise<CryptoKey> {
  const der = PemConverter.decodeFirst(pem)
  return crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign'])
}
