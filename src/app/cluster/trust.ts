// Whom the cluster trusts to introduce users: read from its ConfigMap, and again whenever that changes.
// https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
import {
  fingerprintsOf,
  parseAuthentication,
  type ClusterAuthentication,
} from '../../apiserver/delegated/frontProxy.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { TRUST } from '../../install/names.ts'
import { Reflector } from '../../kube/reflector.ts'

interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

const HELP =
  'Where the kube-apiserver does not put the ConfigMap right within a minute, delete it: then it is written again'
const KEPT = `the cluster does not say any more whom it trusts to introduce users: what it said before goes on to count. ${HELP}`
const AWAITED = `the cluster does not say whom it trusts to introduce users: this server waits for that. ${HELP}`

/** The cluster's trust, kept current by `run`. What cannot be right does not take the place of what was. */
export class ClusterTrust {
  /** Resolves when it has been read once. */
  readonly known: Promise<void>
  readonly #reflector: Reflector<ConfigMap>
  readonly #log: Log
  readonly #known = Promise.withResolvers<void>()
  readonly #handlers: (() => void)[] = []
  #current: ClusterAuthentication = { clientCa: '' }

  constructor(options: { client: ObjectClient; log: Log; metrics: Metrics; signal: AbortSignal }) {
    this.#log = options.log
    this.known = this.#known.promise
    this.#reflector = new Reflector<ConfigMap>({
      ...options,
      resource: { group: '', version: 'v1', plural: 'configmaps' },
      namespace: TRUST.namespace,
      fieldSelector: `metadata.name=${TRUST.name}`,
    })
    this.#reflector.on(({ type, object }) => {
      // A cluster that says nothing any more is not believed to trust nobody: it is being repaired.
      if (type === 'deleted') return this.#refuse('it was deleted')
      let read: ClusterAuthentication
      try {
        read = parseAuthentication(object.data ?? {})
      } catch (error) {
        return this.#refuse(error instanceof Error ? error.message : String(error))
      }
      const why = problem(read)
      if (why !== undefined) return this.#refuse(why)
      this.#current = read
      this.#known.resolve()
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

  #refuse(why: string): void {
    this.#log.error({ configMap: `${TRUST.namespace}/${TRUST.name}`, why }, this.#current.frontProxy ? KEPT : AWAITED)
  }
}

/** Why nobody could be introduced by this; undefined when somebody can. */
function problem({ clientCa, frontProxy }: ClusterAuthentication): string | undefined {
  if (!frontProxy) return 'requestheader-client-ca-file is missing or empty'
  if (!holdsCertificate(frontProxy.ca)) return 'there is no certificate in requestheader-client-ca-file'
  if (frontProxy.usernameHeaders.length === 0) return 'requestheader-username-headers is missing or empty'
  // A cluster need not have this one.
  if (clientCa !== '' && !holdsCertificate(clientCa)) return 'there is no certificate in client-ca-file'
  return undefined
}

/** At least one that can be read: the others, nobody can show anything of. */
const holdsCertificate = (pem: string): boolean => fingerprintsOf(pem).size > 0
