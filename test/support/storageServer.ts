// A stand-in for the cluster that keeps our custom resources: the same machinery, serving storage kinds with content of any shape.
import { byCertificate } from '../../src/apiserver/authenticate.ts'
import { Persisted } from '../../src/apiserver/persisted.ts'
import { createApiServer, type ApiServer } from '../../src/apiserver/server.ts'
import { storedNamespaces } from '../../src/apiserver/storedNamespaces.ts'
import { silent } from '../../src/core/machinery/log.ts'
import { objectMeta, typeMeta } from '../../src/core/machinery/meta/objectMeta.ts'
import type { Resource } from '../../src/core/machinery/resource.ts'
import { any, field, object } from '../../src/core/machinery/schema.ts'
import { sandboxResources } from '../../src/sandbox/index.ts'
import type { StoredKind } from '../../src/store/kubernetes.ts'
import type { StoredObject } from '../../src/store/kubernetes/wrap.ts'
import { openMemory } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'

const schema = object('dev.millrace.storage.v1.StoredObject', 'An object that lies in the cluster.', {
  ...typeMeta,
  metadata: field(objectMeta, 'Metadata.'),
  object: any('The object.'),
})

function storageResource(store: Store, { stored, namespaced }: StoredKind): Resource<StoredObject> {
  return {
    ...stored,
    singular: stored.kind.toLowerCase(),
    namespaced,
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    schema,
    endpoint: new Persisted<StoredObject>({ store, ...stored, schema, namespaced, rules: {} }),
    stored: true,
  }
}

/** A server with these storage kinds, the sandbox's kinds and these namespaces. `more` takes the place of kinds of the same names. */
export async function startStorageServer(
  kinds: readonly StoredKind[],
  namespaces: readonly string[] = ['default'],
  more: (store: Store) => readonly Resource[] = () => [],
): Promise<ApiServer> {
  const store = openMemory()
  const added = more(store)
  const isReplaced = ({ plural }: Resource): boolean => added.some((each) => each.plural === plural)
  const server = createApiServer({
    namespaces: storedNamespaces(store),
    resources: [
      ...sandboxResources({ stored: (declared) => new Persisted({ ...declared, store }) }).filter(
        (r) => !isReplaced(r),
      ),
      ...kinds.map((kind) => storageResource(store, kind)),
      ...added,
    ],
    authenticator: byCertificate,
    log: silent,
    version: '0.0.0',
  })
  const resource = { group: '', version: 'v1', plural: 'namespaces' }
  for (const name of namespaces) await server.client().create({ resource }, { metadata: { name } })
  return server
}
