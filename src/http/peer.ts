// Who is at the other end of a TLS connection.
import type { DetailedPeerCertificate, PeerCertificate as TlsCertificate, TLSSocket } from 'node:tls'
import type { PeerCertificate } from './handler.ts'

/** Certificates of a chain that are looked at. */
const MAX_CHAIN = 10

/** The client's certificate, if it has shown one, the TLS layer has verified it, and it names somebody. */
export function peerOf(socket: Pick<TLSSocket, 'authorized' | 'getPeerCertificate'>): PeerCertificate | undefined {
  if (!socket.authorized) return undefined
  // Without a certificate it is {}.
  const certificate = socket.getPeerCertificate(true) as Partial<DetailedPeerCertificate>
  const { CN = [], O = [] }: Partial<TlsCertificate['subject']> = certificate.subject ?? {}
  const [commonName] = [CN].flat()
  if (commonName === undefined) return undefined
  return { commonName, organizations: [O].flat(), authorities: authoritiesOf(certificate) }
}

/** Fingerprints of the chain above a certificate, up to the authority that the TLS layer trusts. */
function authoritiesOf(certificate: Partial<DetailedPeerCertificate>): string[] {
  const found: string[] = []
  for (let at = certificate.issuerCertificate; at && found.length < MAX_CHAIN; at = at.issuerCertificate) {
    // The last one is its own issuer.
    if (found.at(-1) === at.fingerprint256) break
    found.push(at.fingerprint256)
  }
  return found
}
