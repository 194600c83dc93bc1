// Whom the cluster trusts to introduce users: read from its ConfigMap, and again whenever that changes.
// https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
import { parseAuthentication, type ClusterAuthentication } from '../../apiserver/delegated/frontProxy.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { TRUST } from '../../install/names.ts'
import { Reflector } from '../../kube/reflector.ts'

interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

/** The cluster's trust, kept current by `run`. */
export class ClusterTrust {
  /** Resolves when it has been read once. */
  readonly known: Promise<void>
  readonly #reflector: Reflector<ConfigMap>
  readonly #handlers: (() => void)[] = []
  #current: ClusterAuthentication = { clientCa: '' }

  constructor(options: { client: ObjectClient; log: Log; metrics: Metrics; signal: AbortSignal }) {
    const { log } = options
    this.#reflector = new Reflector<ConfigMap>({
      ...options,
      resource: { group: '', version: 'v1', plural: 'configmaps' },
      namespace: TRUST.namespace,
      fieldSelector: `metadata.name=${TRUST.name}`,
    })
    this.known = this.#reflector.synced
    this.#reflector.on(({ type, object }) => {
      // A cluster that says nothing any more is not believed to trust nobody: it is being repaired.
      if (type === 'deleted') return
      try {
        this.#current = parseAuthentication(object.data ?? {})
      } catch (error) {
        log.error(
          { err: error, configMap: `${TRUST.namespace}/${TRUST.name}` },
          'the trust of the cluster cannot be read',
        )
        return
      }
      for (const handler of this.#handlers) handler()
    })
  }

  get current(): ClusterAuthentication {
    return this.#current
  }

  /** All authorities whose clients are asked for a certificate. PEM. */
  get authorities(): string {
    return [this.#current.clientCa, this.#current.frontProxy?.ca ?? ''].join('\n')
  }

  onChange(handler: () => void): void {
    this.#handlers.push(handler)
  }

  run(): Promise<void> {
    return this.#reflector.run()
  }
}
