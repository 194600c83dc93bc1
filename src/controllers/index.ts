// The controllers of image streams: importing what streams wait for, looking for what has moved, telling workloads of what was imported, counting streams.
import { pushMatcher } from '../core/hooks/matches.ts'
import type { PushEvent } from '../core/hooks/pushEvent.ts'
import type { ImageStream } from '../core/image/types.ts'
import type { WorkloadKind } from '../core/image/workloads.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import type { Metrics } from '../core/machinery/metrics.ts'
import type { ImportReporter } from '../core/report/reporter.ts'
import type { Quota } from '../core/quota/quota.ts'
import { Reflector } from '../kube/reflector.ts'
import type { Budgets } from '../registry/budgets.ts'
import type { Checker } from '../registry/checker.ts'
import { Importer } from './importer.ts'
import { rememberOrigins } from './schedule/remember.ts'
import { Scheduler } from './schedule/scheduler.ts'
import { importRecorder } from './importRecorder.ts'
import { annotationTeller } from './streamEvents.ts'
import { StreamQuotas } from './streamQuotas.ts'
import { TriggerController } from './triggers/controller.ts'

const QUOTAS = { group: '', version: 'v1', plural: 'resourcequotas' }
const STREAMS = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }

/** What controllers work with. */
export interface ControllerOptions {
  client: ObjectClient
  /** What has triggers. */
  kinds: readonly WorkloadKind[]
  /** Where the caller follows them already. */
  quotas?: Reflector<Quota>
  /** How scheduled imports look whether something has moved. Without it nothing is imported on a schedule. */
  schedule?: ScheduleOptions
  signal: AbortSignal
  log: Log
  metrics?: Metrics
}

/** See above. */
export interface ScheduleOptions {
  check: Checker
  /** By what checks are counted, and kept back where a registry or the administrator wants to be asked less. Default: none. */
  budgets?: Budgets
  /** Who hears of what was pushed. */
  pushes: { add(listener: (pushes: readonly PushEvent[]) => number): () => void }
  /** Who is to know what is tracked; returns how to end that. */
  reports?: (reporter: ImportReporter) => () => void
  /** Milliseconds, where neither tag nor stream says how fresh it is to be. */
  refresh?: {
    current(): number | undefined
    /** Gives what ends it. */
    onChange(handler: () => void): () => void
  }
}

/** Runs all controllers; resolves when the signal has aborted and what they were doing has ended. */
export async function startControllers(options: ControllerOptions): Promise<void> {
  const { schedule } = options
  // Believing that there are no streams does no harm: nothing is imported, and images stay as they are.
  const streams = new Reflector<ImageStream>({ ...options, resource: STREAMS, optional: true })
  const importer: Importer = new Importer({
    ...options,
    streams,
    answered: (stream, tags, object) => scheduler?.answered(stream, tags, object),
  })
  const moved = (stream: string, tag: string): void => importer.moved(stream, tag)
  const remember = rememberOrigins(options)
  const scheduler = schedule && new Scheduler({ ...options, ...schedule, streams, moved, remember })
  streams.on(annotationTeller(importRecorder(options)))
  const indifferent = schedule?.refresh?.onChange(() => scheduler?.renew())
  // A schedule that does not know its streams yet would say that there are none.
  const endings: ((() => void) | undefined)[] = []
  const synced = streams.synced.then(() => {
    if (!scheduler || options.signal.aborted) return
    endings.push(
      schedule.reports?.(scheduler.reporter()),
      schedule.pushes.add((pushes) => scheduler.checkNow(pushMatcher(pushes))),
    )
  })
  synced.catch(() => undefined)
  const triggers = new TriggerController({ ...options, streams })
  // Without the right to read quotas there is none to keep.
  const own = options.quotas ? undefined : new Reflector<Quota>({ ...options, resource: QUOTAS, optional: true })
  const quotas = (options.quotas ?? own)!
  const streamQuotas = new StreamQuotas({ ...options, streams, quotas })
  const optional = [own, scheduler].filter((each) => each !== undefined)
  const all = [streams, importer, triggers, streamQuotas, ...optional]
  await Promise.all(all.map((each) => each.run())).finally(() => {
    indifferent?.()
    for (const end of endings) end?.()
  })
}
