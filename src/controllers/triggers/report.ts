// Reports: what the trigger controller tells of a workload, each thing once for as long as it stays true.
import { changeCause, PROBLEM_EFFECTS, type ImageChange, type TriggerProblem } from '../../core/image/triggers.ts'
import type { Log } from '../../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../../core/machinery/metrics.ts'
import type { EventRecorder, Involved } from '../events.ts'
import { triggerMeter, type TriggerMeter } from './measure.ts'

/** Keeps what was told, by workload; turns news into events and log lines. */
export class TriggerReport {
  readonly #recorder: EventRecorder
  readonly #log: Log
  readonly #meter: TriggerMeter
  readonly #told = new Map<string, Set<string>>()

  constructor(recorder: EventRecorder, log: Log, metrics: Metrics = unmeasured) {
    this.#recorder = recorder
    this.#log = log
    this.#meter = triggerMeter(metrics)
  }

  /** The problems of a workload as of now: those that were not there before become events. */
  problems(key: string, involved: Involved, problems: readonly TriggerProblem[]): void {
    const before = this.#told.get(key)
    const now = new Set<string>()
    for (const { code, message } of problems) {
      const id = `${code} ${message}`
      now.add(id)
      if (before?.has(id)) continue
      const type = PROBLEM_EFFECTS[code] === 'waiting' ? 'Normal' : 'Warning'
      this.#log.info({ workload: key, reason: code, detail: message }, 'trigger problem')
      this.#recorder.record(involved, { type, reason: code, message })
      this.#meter.problem(code).inc()
    }
    if (now.size > 0) this.#told.set(key, now)
    else this.#told.delete(key)
  }

  /** The images that were set. */
  changes(key: string, involved: Involved, changes: readonly ImageChange[]): void {
    this.#log.info({ workload: key, reason: 'ImageUpdated', changes: changes.map(summary) }, 'images set')
    for (const change of changes) {
      this.#meter.set(involved.kind).inc()
      const was = change.from?.trim() ? `, was ${change.from}` : ''
      this.#recorder.record(involved, {
        type: 'Normal',
        reason: 'ImageUpdated',
        message: `${changeCause([change])}${was}`,
      })
    }
  }

  /** The server refused the patch, and not for the first time: that is no race. */
  refused(involved: Involved, message: string): void {
    this.#recorder.record(involved, { type: 'Warning', reason: 'TriggerPatchRefused', message })
    this.#meter.problem('TriggerPatchRefused').inc()
  }

  forget(key: string): void {
    this.#told.delete(key)
  }
}

const summary = ({ container, from, to }: ImageChange): object => ({ container, from, to })
