import { chmod, readFile } from 'node:fs/promises'
import { parse, stringify } from 'yaml'
import { deepEqual } from '../core/machinery/json/equal.ts'
import { writePrivate } from '../http/privateFile.ts'
import type { Certificates } from '../http/certificates.ts'

/** Name of cluster, user and context in the kubeconfig. */
const NAME = 'millrace'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

interface Config {
  clusters: object[]
  users: object[]
  'current-context': string
}

/**
 * Writes the kubeconfig of standalone's administrator: one cluster, one user, namespace `default`. Mode 0600, atomically. One
 * that leads here already stays as it is, with the projects that somebody has switched to.
 */
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
  // Whoever opened it to others: it holds a key.
  if (await leadsTo(file, config)) return chmod(file, 0o600)
  // Base64 of a certificate is one long line: never folded.
  await writePrivate(file, stringify(config, { lineWidth: 0 }))
}

/** Whether the file has these entries and a current context, whatever else it has. */
async function leadsTo(file: string, { clusters, users }: Config): Promise<boolean> {
  const old = await read(file)
  const has = (list: unknown, entry: unknown): boolean =>
    Array.isArray(list) && list.some((one) => deepEqual(one, entry))
  return has(old?.clusters, clusters[0]) && has(old?.users, users[0]) && Boolean(old?.['current-context'])
}

/** What cannot be read is written anew. */
async function read(file: string): Promise<Partial<Config> | null> {
  try {
    return parse(await readFile(file, 'utf8')) as Partial<Config> | null
  } catch {
    return null
  }
}
