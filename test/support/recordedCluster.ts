// What a server behind an aggregator needs of a cluster, as records that a test reads and writes: the storage kinds, registrations,
// and reviews that are answered by what the test says. No second kube-apiserver: nothing here sends requests anywhere.
import { Persisted } from '../../src/apiserver/persisted.ts'
import { STORED_KINDS } from '../../src/install/storedKinds.ts'
import type { ObjectClient } from '../../src/core/machinery/client.ts'
import { silent } from '../../src/core/machinery/log.ts'
import { objectMeta, typeMeta } from '../../src/core/machinery/meta/objectMeta.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import type { Resource, Verb } from '../../src/core/machinery/resource.ts'
import { any, field, object } from '../../src/core/machinery/schema.ts'
import type { Handler, Reply, Request } from '../../src/http/handler.ts'
import { issueAuthority, issueClient, issueServer } from '../../src/http/issue.ts'
import { listen } from '../../src/http/listener.ts'
import type { Access } from '../../src/kube/access.ts'
import type { Store } from '../../src/store/store.ts'
import { startStorageServer } from './storageServer.ts'

interface Review extends KubeObject {
  spec: Record<string, unknown>
}

export interface RecordedCluster {
  /** As an administrator, over HTTPS. */
  access: Access
  /** The same without a network. */
  client: ObjectClient
  /** Users by bearer token. */
  tokens: Map<string, object>
  /** Who may do what: by the spec of a SubjectAccessReview. Nobody may do anything at first. */
  mayDo: (spec: Record<string, unknown>) => boolean
  /** Specs of all SubjectAccessReviews and TokenReviews, in order. */
  asked: Record<string, unknown>[]
  /** May answer a request in place of the cluster. */
  intercept: ((request: Request) => Promise<Reply | undefined>) | undefined
  close(): Promise<void>
}

const VERBS: Verb[] = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']
const schema = object('dev.millrace.test.v1.Record', 'Anything.', {
  ...typeMeta,
  metadata: field(objectMeta, 'Metadata.'),
  spec: any('What it is to be.'),
  status: any('What it is.'),
  webhooks: any('Of webhook configurations.'),
})

function record(store: Store, group: string, kind: string, namespaced = false): Resource {
  const names = { group, version: 'v1', kind, plural: `${kind.toLowerCase()}s` }
  const endpoint = new Persisted<KubeObject>({ store, ...names, schema, namespaced, rules: {} })
  return { ...names, singular: kind.toLowerCase(), namespaced, verbs: VERBS, schema, endpoint, stored: true }
}

function review(group: string, kind: string, answer: (spec: Review['spec']) => object): Resource {
  const names = { group, version: 'v1', kind, plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase() }
  const create = (_context: unknown, asked: KubeObject) =>
    Promise.resolve({ ...asked, status: answer((asked as Review).spec) } as KubeObject)
  return { ...names, namespaced: false, verbs: ['create'], schema, endpoint: { create } }
}

/** Starts one with these namespaces. */
export async function startRecordedCluster(namespaces: readonly string[]): Promise<RecordedCluster> {
  const now = new Date()
  const ca = await issueAuthority('cluster-ca', 1, now)
  const [serving, admin] = await Promise.all([
    issueServer(ca, ['127.0.0.1', 'localhost'], 1, now),
    issueClient(ca, { name: 'admin', groups: ['system:masters'] }, 1, now),
  ])
  const cluster: Pick<RecordedCluster, 'tokens' | 'mayDo' | 'asked' | 'intercept'> = {
    tokens: new Map(),
    mayDo: () => false,
    asked: [],
    intercept: undefined,
  }
  const server = await startStorageServer(STORED_KINDS, namespaces, (store) => [
    record(store, '', 'Service', true),
    record(store, 'apiextensions.k8s.io', 'CustomResourceDefinition'),
    record(store, 'apiregistration.k8s.io', 'APIService'),
    record(store, 'admissionregistration.k8s.io', 'MutatingWebhookConfiguration'),
    review('authentication.k8s.io', 'TokenReview', (spec) => {
      cluster.asked.push(spec)
      const user = cluster.tokens.get(String(spec['token']))
      return user ? { authenticated: true, user } : { authenticated: false }
    }),
    review('authorization.k8s.io', 'SubjectAccessReview', (spec) => {
      cluster.asked.push(spec)
      return cluster.mayDo(spec) ? { allowed: true } : { allowed: false, reason: 'the test says no' }
    }),
  ])
  const handler: Handler = async (request) => (await cluster.intercept?.(request)) ?? server.handler(request)
  const listener = await listen(handler, { port: 0, tls: { ...serving, clientCa: ca.cert }, log: silent, grace: 500 })
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const access = {
    namespace: 'default',
    cluster: {
      name: 'recorded',
      server: `https://127.0.0.1:${listener.port}`,
      caData: base64(ca.cert),
      skipTLSVerify: false,
    },
    user: { name: 'admin', certData: base64(admin.cert), keyData: base64(admin.key) },
  }
  return Object.assign(cluster, { access, client: server.client(), close: () => listener.close() })
}
