import 'reflect-metadata'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PemConverter, X509Certificate, X509CertificateGenerator } from '@peculiar/x509'
import { issueServer } from './issue.ts'

test('a certificate names its issuer in the very bytes of that, as OpenSSL would write them, too', async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const ca = await X509CertificateGenerator.createSelfSigned({
    // Its types know of texts only, which would become PrintableStrings.
    name: [{ CN: [{ utf8String: 'corporate' } as unknown as string] }],
    signingAlgorithm: algorithm,
    keys,
  })
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  const { cert } = await issueServer({ cert: ca.toString('pem'), key }, ['localhost'], 1, new Date())
  const bytes = (name: X509Certificate['issuerName']) => Buffer.from(name.toArrayBuffer()).toString('hex')
  assert.equal(bytes(new X509Certificate(cert).issuerName), bytes(ca.subjectName))
})
