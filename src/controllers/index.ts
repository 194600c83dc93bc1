// The controllers of image streams: importing what streams wait for, telling workloads of what was imported, counting streams.
import type { ImageStream } from '../core/image/types.ts'
import type { WorkloadKind } from '../core/image/workloads.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import type { Metrics } from '../core/machinery/metrics.ts'
import type { Quota } from '../core/quota/quota.ts'
import { Reflector } from '../kube/reflector.ts'
import { Importer } from './importer.ts'
import { StreamQuotas } from './streamQuotas.ts'
import { TriggerController } from './triggers/controller.ts'

const QUOTAS = { group: '', version: 'v1', plural: 'resourcequotas' }
const STREAMS = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }

/**
 * Runs all controllers; resolves when the signal has aborted and what they were doing has ended. `kinds`: what has triggers.
 * `quotas`: where the caller follows them already.
 */
export async function startControllers(options: {
  client: ObjectClient
  kinds: readonly WorkloadKind[]
  quotas?: Reflector<Quota>
  signal: AbortSignal
  log: Log
  metrics?: Metrics
}): Promise<void> {
  // Believing that there are no streams does no harm: nothing is imported, and images stay as they are.
  const streams = new Reflector<ImageStream>({ ...options, resource: STREAMS, optional: true })
  const importer = new Importer({ ...options, streams })
  const triggers = new TriggerController({ ...options, streams })
  // Without the right to read quotas there is none to keep.
  const own = options.quotas ? undefined : new Reflector<Quota>({ ...options, resource: QUOTAS, optional: true })
  const quotas = (options.quotas ?? own)!
  const streamQuotas = new StreamQuotas({ ...options, streams, quotas })
  await Promise.all([streams.run(), own?.run(), importer.run(), triggers.run(), streamQuotas.run()])
}
