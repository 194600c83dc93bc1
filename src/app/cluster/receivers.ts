// Receivers of webhooks in a cluster: Secrets with a label, in the namespace of the server and nowhere else.
import type { Secret } from '../../controllers/certificates/bundle.ts'
import { ReceiverError, receiverOf, type Receiver } from '../../core/hooks/receiver.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import { RECEIVER_LABEL } from '../../install/names.ts'
import { RESOURCES } from '../../install/resources.ts'
import { Reflector } from '../../kube/reflector.ts'

/** Keys of such a Secret: what sender and receiver know, and, where it is needed, the host of the registry. */
const TOKEN = 'token'
const HOST = 'host'

/** Through what they are followed, and until when. */
export interface SecretReceiverOptions {
  client: ObjectClient
  namespace: string
  log: Log
  metrics?: Metrics
  signal: AbortSignal
}

/** Receivers, by the names of their Secrets, kept current by `run`. */
export interface SecretReceivers {
  readonly get: (name: string) => Receiver | undefined
  /** Resolves when those that are there are known. */
  readonly known: Promise<void>
  run(): Promise<void>
}

/** See above. A Secret that is not as it should be only disables itself, and the log says why. */
export function secretReceivers(options: SecretReceiverOptions): SecretReceivers {
  const { log } = options
  const known = new Map<string, Receiver>()
  // Where they may not be watched there are none: an installation of an older version has no right to.
  const secrets = new Reflector<Secret>({
    ...options,
    resource: RESOURCES.Secret,
    labelSelector: RECEIVER_LABEL,
    optional: true,
  })
  secrets.on(({ type, object }) => {
    const { name = '' } = object.metadata
    known.delete(name)
    if (type === 'deleted') return
    try {
      known.set(name, readReceiver(object))
    } catch (error) {
      if (!(error instanceof ReceiverError)) throw error
      log.warn({ secret: name, problem: error.message }, 'a receiver of webhooks cannot be used')
    }
  })
  return { get: (name) => known.get(name), known: secrets.synced, run: () => secrets.run() }
}

function readReceiver({ metadata, data = {} }: Secret): Receiver {
  const value = (key: string): string | undefined =>
    // What editors and `echo` leave at the end belongs to nobody's secret.
    data[key] === undefined
      ? undefined
      : Buffer.from(data[key], 'base64')
          .toString('utf8')
          .replace(/\r?\n$/, '')
  const secret = value(TOKEN)
  if (secret === undefined) throw new ReceiverError(`it has no key "${TOKEN}"`)
  const sender = metadata.labels?.[RECEIVER_LABEL] ?? ''
  return receiverOf({ name: metadata.name ?? '', sender, secret, host: value(HOST) })
}
