// The record of configured rates as a ConfigMap: of the cluster, or of the stand-in for one, which keeps it where everything else is.
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { ifFound, isReason } from '../../core/machinery/status.ts'
import { RATES, RATES_KEY } from '../../install/names.ts'
import { RESOURCES } from '../../install/resources.ts'
import type { RateRecord, Recorded } from '../../registry/rateRecord.ts'

interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

/** Milliseconds for a request: an import waits for it. */
const PATIENCE = 5_000

/** `client`: asked once it is there. Errors: those of the API. */
export function rateMap(client: () => Pick<ObjectClient, 'get' | 'create' | 'update'>, namespace: string): RateRecord {
  const target = { resource: RESOURCES.ConfigMap, namespace }
  const signal = () => AbortSignal.timeout(PATIENCE)
  const recorded = (map: ConfigMap | undefined): Recorded => ({
    text: map?.data?.[RATES_KEY] ?? '',
    version: map?.metadata.resourceVersion,
  })
  return {
    place: `ConfigMap ${RATES} in ${namespace}`,
    async read() {
      return recorded(await ifFound(client().get<ConfigMap>({ ...target, name: RATES }, { signal: signal() })))
    },
    async replace(text, { version }) {
      const map: ConfigMap = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: RATES, namespace, ...(version !== undefined && { resourceVersion: version }) },
        data: { [RATES_KEY]: text },
      }
      try {
        const written =
          version === undefined
            ? await client().create<ConfigMap>(target, map, { signal: signal() })
            : await client().update<ConfigMap>({ ...target, name: RATES }, map, { signal: signal() })
        return { text, version: written.metadata.resourceVersion }
      } catch (error) {
        if (isLate(error, version)) return undefined
        throw error
      }
    },
  }
}

/** Somebody else has written it, or deleted it. Not found where it is created means that the namespace is missing. */
const isLate = (error: unknown, version: string | undefined): boolean =>
  isReason(error, 'Conflict') ||
  isReason(error, 'AlreadyExists') ||
  (version !== undefined && isReason(error, 'NotFound'))
