// The access that every pod has: its service account.
// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
import { readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import type { Access } from './access.ts'

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The service account's access, or undefined outside of a cluster. `directory` differs only in tests. */
export function inCluster(
  env: Readonly<Record<string, string | undefined>>,
  directory = SERVICE_ACCOUNT,
): Access | undefined {
  const host = env['KUBERNETES_SERVICE_HOST']
  const port = env['KUBERNETES_SERVICE_PORT']
  const token = text(`${directory}/token`)
  if (!host || !port || token === undefined) return undefined
  return {
    cluster: {
      name: 'in-cluster',
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      caFile: `${directory}/ca.crt`,
      skipTLSVerify: false,
    },
    // The token is rotated: the provider reads its file again every minute.
    user: { name: 'service-account', authProvider: { name: 'tokenFile', config: { tokenFile: `${directory}/token` } } },
    namespace: text(`${directory}/namespace`)?.trim() || 'default',
  }
}

function text(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
