// A cluster into which Millrace can be installed, as far as that looks at it.
import type { Named, PatchType } from '../../src/core/machinery/client.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { conflict, unknownPath } from '../../src/core/machinery/status.ts'
import type { Cluster } from '../../src/install/cluster.ts'
import { FakeClient } from './fakeClient.ts'

/** Who the cluster trusts to introduce users. */
export const TRUST: KubeObject & { data: object } = {
  metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' },
  data: { 'requestheader-client-ca-file': 'PEM' },
}

export class FakeCluster extends FakeClient implements Cluster {
  readonly client = this
  /** Of Kubernetes 1. */
  minor = '30'
  /** Paths that are not served. */
  readonly hidden = new Set<string>()
  /** What whoever installs may not do, as "verb plural". */
  readonly denied = new Set<string>()
  /** Called with what was applied, once it is stored. */
  applied: (object: KubeObject) => void = () => undefined

  constructor() {
    super()
    this.put('configmaps', TRUST)
    this.put('namespaces', { metadata: { name: 'kube-system' } })
    this.virtual.set('selfsubjectaccessreviews', (review) => {
      const { spec } = review as unknown as { spec: { resourceAttributes: Record<string, string> } }
      const { resource, verb } = spec.resourceAttributes
      return { ...review, status: { allowed: !this.denied.has(`${verb} ${resource}`) } } as KubeObject
    })
  }

  readonly raw = (path: string): Promise<unknown> => {
    if (this.hidden.has(path)) return Promise.reject(unknownPath())
    const version = { major: '1', minor: this.minor, gitVersion: `v1.${this.minor}.0` }
    return Promise.resolve(path === '/version' ? version : {})
  }

  /** Applied objects take the place of what was there, but for annotations, of which others have some. */
  override async patch<T extends KubeObject>(
    target: Named,
    type: PatchType,
    patch: unknown,
    options: { dryRun?: boolean } = {},
  ): Promise<T> {
    if (type !== 'apply') return super.patch(target, type, patch, options)
    const { resource, namespace, name } = target
    const call = { verb: 'patch', plural: resource.plural, namespace, name, type } as const
    this.calls.push(call)
    await this.fault?.(call)
    if (options.dryRun) return patch as T
    const object = patch as KubeObject
    const before = this.peek(resource.plural, namespace ?? '', name)?.metadata
    const { resourceVersion } = object.metadata
    if (resourceVersion && resourceVersion !== before?.resourceVersion) throw conflict(resource, name, 'it has changed')
    const annotations = { ...before?.annotations, ...object.metadata.annotations }
    const stored = this.put(target.resource.plural, { ...object, metadata: { ...object.metadata, annotations } })
    this.applied(stored)
    return stored as T
  }
}
