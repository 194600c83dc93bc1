// Who is at the other end of a TLS connection.
import type { PeerCertificate as TlsCertificate, TLSSocket } from 'node:tls'
import type { PeerCertificate } from './handler.ts'

/** The client's certificate, if it has shown one, the TLS layer has verified it, and it names somebody. */
export function peerOf(socket: Pick<TLSSocket, 'authorized' | 'getPeerCertificate'>): PeerCertificate | undefined {
  if (!socket.authorized) return undefined
  // Without a certificate it is {}.
  const { subject }: Partial<TlsCertificate> = socket.getPeerCertificate()
  const { CN = [], O = [] }: Partial<TlsCertificate['subject']> = subject ?? {}
  const [commonName] = [CN].flat()
  if (commonName === undefined) return undefined
  return { commonName, organizations: [O].flat() }
}
