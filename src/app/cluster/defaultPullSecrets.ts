// Pull secrets for imports of all namespaces: Secrets with a label, in the namespace of the server and nowhere else.
import { isPullSecret, type PullSecret, type Secret } from '../../core/image/pullSecrets.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import { DEFAULT_PULL_SECRET_LABEL } from '../../install/names.ts'
import { RESOURCES } from '../../install/resources.ts'
import { Reflector } from '../../kube/reflector.ts'
import { pullSecretOf } from '../pullSecrets.ts'

/** Through what they are followed, and until when. */
export interface DefaultPullSecretsOptions {
  client: ObjectClient
  namespace: string
  log: Log
  metrics?: Metrics
  signal: AbortSignal
}

/** Default pull secrets, kept current by `run`. */
export interface DefaultPullSecrets {
  /** Resolves when those that are there are known. */
  readonly known: Promise<void>
  run(): Promise<void>
}

/** See above. `set` is told of all of them, whenever one has changed. */
export function defaultPullSecrets(
  options: DefaultPullSecretsOptions,
  set: (secrets: readonly PullSecret[]) => void,
): DefaultPullSecrets {
  // Where they may not be watched there are none: an installation of an older version has no right to.
  const secrets = new Reflector<Secret>({
    ...options,
    resource: RESOURCES.Secret,
    labelSelector: `${DEFAULT_PULL_SECRET_LABEL}=true`,
    optional: true,
  })
  secrets.on(({ object }) => {
    if (!isPullSecret(object)) {
      const { name } = object.metadata
      options.log.warn(
        { secret: name, type: object.type },
        'a default pull secret is not used: by its type or its annotation it is none',
      )
    }
    set(secrets.list().filter(isPullSecret).map(pullSecretOf))
  })
  return { known: secrets.synced, run: () => secrets.run() }
}
