// A small API server for tests of the machinery: namespaces and widgets.
import { byCertificate } from '../../src/apiserver/authenticate.ts'
import type { Authorizer } from '../../src/apiserver/context.ts'
import { Persisted } from '../../src/apiserver/persisted.ts'
import { type ApiServer, createApiServer } from '../../src/apiserver/server.ts'
import { storedNamespaces } from '../../src/apiserver/storedNamespaces.ts'
import type { AdmissionStep } from '../../src/core/machinery/admission.ts'
import { silent } from '../../src/core/machinery/log.ts'
import { objectMeta, typeMeta } from '../../src/core/machinery/meta/objectMeta.ts'
import type { Resource, Rules } from '../../src/core/machinery/resource.ts'
import { field, object, opt, type Static, str } from '../../src/core/machinery/schema.ts'
import { openMemory } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { request } from './request.ts'
import { type Widget, widgets } from './widgets.ts'

const Namespace = object('io.k8s.api.core.v1.Namespace', 'A namespace.', {
  ...typeMeta,
  metadata: field(objectMeta, 'Metadata.'),
  status: opt(object('io.k8s.api.core.v1.NamespaceStatus', 'Its state.', { phase: opt(str()) })),
})

function namespaces(store: Store): Resource<Static<typeof Namespace>> {
  const gvr = { group: '', version: 'v1', plural: 'namespaces' }
  const endpoint = new Persisted<Static<typeof Namespace>>({
    store,
    ...gvr,
    kind: 'Namespace',
    schema: Namespace,
    namespaced: false,
    rules: {},
  })
  return {
    ...gvr,
    kind: 'Namespace',
    singular: 'namespace',
    namespaced: false,
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    schema: Namespace,
    endpoint,
  }
}

/** An API server in memory with widgets and the namespaces p and q. `rules` override the widgets'; only masters are authorized by default. */
export async function startWidgets(
  rules: Rules<Widget> = {},
  admission: readonly AdmissionStep[] = [],
  authorizer?: Authorizer,
): Promise<ApiServer> {
  const store = openMemory()
  const server = createApiServer({
    namespaces: storedNamespaces(store),
    resources: [namespaces(store), widgets(store, rules)],
    admission,
    authenticator: byCertificate,
    ...(authorizer && { authorizer }),
    log: silent,
    version: '0.0.0',
  })
  for (const name of ['p', 'q'])
    await request(server.handler, 'POST', '/api/v1/namespaces', { body: { metadata: { name } } })
  return server
}
