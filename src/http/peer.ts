// Who is at the other end of a TLS connection.
import type { TLSSocket } from 'node:tls'
import type { PeerCertificate } from './handler.ts'

/** The client's certificate, if it has shown one, the TLS layer has verified it, and it names somebody. */
export function peerOf(socket: Pick<TLSSocket, 'authorized' | 'getPeerCertificate'>): PeerCertificate | undefined {
  if (!socket.authorized) return undefined
  // Node types it as never empty; without a certificate it is {}.
  const subject = socket.getPeerCertificate().subject as unknown as Record<string, string | string[]> | undefined
  const commonName = [subject?.['CN'] ?? []].flat()[0]
  if (commonName === undefined) return undefined
  return { commonName, organizations: [subject?.['O'] ?? []].flat() }
}
