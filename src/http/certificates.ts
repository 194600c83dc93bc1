// The certificates of standalone: an authority that stays, and two leaves that are renewed before they expire.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { KeyPair } from './keyPair.ts'
import { writePrivate } from './privateFile.ts'
import { makePrivateDirectory } from './privateDirectory.ts'

/** What a server and its first client need for TLS. */
export interface Certificates {
  /** The authority's certificate; its key stays in the file. */
  ca: string
  serving: KeyPair
  client: KeyPair
}

/** Whom certificates are made for, and when. */
export interface CertificateOptions {
  /** More names and addresses under which the server is reached. */
  hosts?: readonly string[]
  now?: () => Date
}

/** Under what kubectl and clients in the sandbox may look for the server. */
const HOSTS = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', '127.0.0.1', '::1']
/** The group that may do everything. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings */
const ADMIN = { name: 'system:admin', groups: ['system:masters'] }

const AUTHORITY_DAYS = 3_650
const LEAF_DAYS = 365
/** Days before its end at which a leaf is renewed, and the authority with everything below it. */
const RENEW_DAYS = 30

/** True when the certificate ends within so many days, or cannot be read. */
export function isExpiring(pem: string, days: number, now = new Date()): boolean {
  const certificate = parse(pem)
  return certificate === undefined || certificate.validToDate.getTime() < now.getTime() + days * 86_400_000
}

/** Reads `<dataDir>/pki`, and makes what is missing, damaged, about to expire or not signed by the authority. */
export async function loadOrCreate(dataDir: string, options: CertificateOptions = {}): Promise<Certificates> {
  const now = options.now?.() ?? new Date()
  const directory = join(dataDir, 'pki')
  await makePrivateDirectory(directory)
  const hosts = [...HOSTS, ...(options.hosts ?? [])]
  const issue = () => import('./issue.ts')

  const authority = await keep(directory, 'ca', isAuthority(now), async () =>
    (await issue()).issueAuthority(`millrace-ca@${Math.floor(now.getTime() / 1000)}`, AUTHORITY_DAYS, now),
  )
  const [serving, client] = await Promise.all([
    keep(directory, 'serving', isLeaf(authority, now, hosts), async () =>
      (await issue()).issueServer(authority, hosts, LEAF_DAYS, now),
    ),
    keep(directory, 'admin', isLeaf(authority, now), async () =>
      (await issue()).issueClient(authority, ADMIN, LEAF_DAYS, now),
    ),
  ])
  return { ca: authority.cert, serving, client }
}

type Check = (certificate: X509Certificate) => boolean

const isAuthority =
  (now: Date): Check =>
  (certificate) =>
    certificate.ca && !isExpiring(certificate.toString(), RENEW_DAYS, now)

/** Whether a certificate is the authority's, for these hosts, and does not end within 30 days. */
export const isLeaf =
  (authority: KeyPair, now: Date, hosts: readonly string[] = []): Check =>
  (certificate) => {
    const ca = new X509Certificate(authority.cert)
    return (
      !isExpiring(certificate.toString(), RENEW_DAYS, now) &&
      certificate.checkIssued(ca) &&
      certificate.verify(ca.publicKey) &&
      hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
    )
  }

/** What the files hold, if it is a pair and passes the check; else a new pair, written to them. */
async function keep(directory: string, name: string, check: Check, make: () => Promise<KeyPair>): Promise<KeyPair> {
  const files = { cert: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) }
  const found = { cert: await read(files.cert), key: await read(files.key) }
  if (isPair(found) && check(new X509Certificate(found.cert))) return found
  const made = await make()
  // The key first: a certificate without its key would not pass as a pair, and both would be made again.
  await writePrivate(files.key, made.key)
  await writePrivate(files.cert, made.cert)
  return made
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

/** Whether it is a certificate and its key. */
export function isPair({ cert, key }: KeyPair): boolean {
  try {
    return parse(cert)?.checkPrivateKey(createPrivateKey(key)) ?? false
  } catch {
    return false
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
