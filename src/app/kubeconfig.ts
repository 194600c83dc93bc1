import { stringify } from 'yaml'
import { writePrivate } from '../http/privateFile.ts'
import type { Certificates } from '../http/certificates.ts'

/** Name of cluster, user and context in the kubeconfig. */
const NAME = 'millrace'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Writes the kubeconfig of standalone's administrator: one cluster, one user, namespace `default`. Mode 0600, atomically. */
export async function writeKubeconfig(file: string, server: string, certificates: Certificates): Promise<void> {
  const { ca, client } = certificates
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: NAME, cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name: NAME,
        user: { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) },
      },
    ],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace: 'default' } }],
    'current-context': NAME,
  }
  // Base64 of a certificate is one long line: never folded.
  await writePrivate(file, stringify(config, { lineWidth: 0 }))
}
