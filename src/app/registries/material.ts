// Certificates of a configuration: whether they are some, before a connection needs them.
import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/** What is wrong with certificates (PEM) that are to be trusted; undefined if nothing is. */
export function authorityProblem(pem: string): string | undefined {
  const blocks = pem.match(BLOCK) ?? []
  if (blocks.length === 0) return 'there is no certificate in PEM'
  for (const [i, block] of blocks.entries()) {
    try {
      void new X509Certificate(block)
    } catch {
      return `its certificate ${i + 1} cannot be read: it must be PEM, as openssl x509 prints it`
    }
  }
  return undefined
}

/** What is wrong with a pair that is to be shown. Nothing of the key is in the text. */
export function pairProblem(pair: { cert: string; key: string }): string | undefined {
  try {
    createSecureContext(pair)
    return undefined
  } catch {
    return 'certificate and key do not belong together, or one of them is no PEM (a key must not be encrypted)'
  }
}
