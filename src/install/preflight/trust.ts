// Whether the kube-apiserver says how it introduces users to servers behind it.
import type { KubeObject } from '../../core/machinery/object.ts'
import { ifFound } from '../../core/machinery/status.ts'
import type { Cluster } from '../cluster.ts'

const CONFIG_MAP = 'extension-apiserver-authentication'

interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

/** What is in the way, if anything. */
export async function trustObstacles({ client }: Cluster): Promise<string[]> {
  const resource = { group: '', version: 'v1', plural: 'configmaps' }
  const found = await ifFound(client.get<ConfigMap>({ resource, namespace: 'kube-system', name: CONFIG_MAP }))
  if (found?.data?.['requestheader-client-ca-file']) return []
  return [
    `the aggregation layer is not configured: start kube-apiserver with --requestheader-client-ca-file and --proxy-client-cert-file (${CONFIG_MAP} in kube-system does not have the former)`,
  ]
}
