// The endpoints of discovery: /api, /apis and below, and the list of all such paths at the root.
import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  type GroupVersion,
} from '../core/machinery/discovery.ts'
import { apiVersionOf } from '../core/machinery/object.ts'
import type { Handler, Reply } from '../http/handler.ts'

/** What is served beside discovery and resources: for the list at the root. */
const OTHER_PATHS = ['/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version']

/** Answers discovery paths; undefined for any other path. `more`: other paths that are served here. */
export function discoveryHandler(
  versions: readonly GroupVersion[],
  more: readonly string[] = [],
): (...args: Parameters<Handler>) => Reply | undefined {
  const documents = new Map<string, string>()
  const put = (path: string, value: object): unknown => documents.set(path, JSON.stringify(value))
  put('/api', { kind: 'APIVersions', apiVersion: 'v1', versions: ['v1'], serverAddressByClientCIDRs: [] })
  put('/apis', apiGroupList(versions))
  for (const [group, list] of Map.groupBy(versions, (v) => v.group))
    if (group) put(`/apis/${group}`, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(list) })
  for (const version of versions)
    put(version.group ? `/apis/${apiVersionOf(version)}` : `/api/${version.version}`, apiResourceList(version))
  put('/', { paths: [...documents.keys(), ...OTHER_PATHS, ...more].toSorted() })
  for (const v of ['v2', 'v2beta1'] as const)
    for (const path of ['/api', '/apis']) put(`${path} ${v}`, aggregatedDiscovery(versions, v, path === '/api'))

  return (request) => {
    const path = request.path.replace(/(?<=.)\/$/, '')
    const aggregated =
      path === '/api' || path === '/apis' ? aggregatedVersion(String(request.headers.accept ?? '')) : undefined
    const body = documents.get(aggregated ? `${path} ${aggregated}` : path)
    if (body === undefined) return undefined
    const suffix = aggregated ? `;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList` : ''
    return { status: 200, headers: { 'content-type': `application/json${suffix}`, vary: 'accept' }, body }
  }
}

/** The version of aggregated discovery that a client prefers over plain JSON, if any. */
function aggregatedVersion(accept: string): 'v2' | 'v2beta1' | undefined {
  for (const range of accept.split(',')) {
    const parts = range.split(';').map((p) => p.trim())
    if (parts[0] !== 'application/json' && parts[0] !== '*/*') continue
    if (!parts.includes('as=APIGroupDiscoveryList')) return undefined
    if (parts.includes('v=v2')) return 'v2'
    if (parts.includes('v=v2beta1')) return 'v2beta1'
  }
  return undefined
}
