// What tests read out of a kubeconfig.
import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'

export interface Credentials {
  token?: string
  cert?: string
  key?: string
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
  users: { user: { token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string } }[]
}

/** Address, CA and credentials of the first cluster and user of a kubeconfig. */
export function readKubeconfig(path: string): { url: string; ca: string; admin: Credentials; token?: string } {
  const config = parse(readFileSync(path, 'utf8')) as Kubeconfig
  const { server, 'certificate-authority-data': ca } = config.clusters[0]!.cluster
  const user = config.users[0]!.user
  const decoded = (data: string) => Buffer.from(data, 'base64').toString()
  const cert = user['client-certificate-data']
  const key = user['client-key-data']
  const admin = cert && key ? { cert: decoded(cert), key: decoded(key) } : { token: user.token ?? '' }
  return { url: server, ca: decoded(ca), admin, ...(user.token && { token: user.token }) }
}

/** Writes the same for whoever has a token; gives the path that it is given. */
export function writeWithToken(from: string, token: string, to: string): string {
  const config = parse(readFileSync(from, 'utf8')) as Kubeconfig
  config.users[0]!.user = { token }
  writeFileSync(to, JSON.stringify(config), { mode: 0o600 })
  return to
}
