// Tells of pull secrets that make no sense: an Event at the Secret, and a line in the log, once for each change of it.
import type { PullSecret } from '../core/image/pullSecrets.ts'
import type { Log } from '../core/machinery/log.ts'
import { EventRecorder } from './events.ts'
import { importRecorder, type ImportRecorderOptions } from './importRecorder.ts'

/** Stable, for alerts. */
export const INVALID_PULL_SECRET = 'InvalidPullSecret'

/** Secrets of which it is known what was told. Of older ones it is told again: then the Event is already there. */
const KNOWN = 1_000

/** See above. Nothing of a secret's content is told. */
export class PullSecretReport {
  readonly #recorder: EventRecorder
  readonly #log: Pick<Log, 'warn'>
  /** Version of which it was told, by namespace and name; the oldest first. */
  readonly #told = new Map<string, string>()

  constructor(options: ImportRecorderOptions) {
    this.#recorder = importRecorder(options)
    this.#log = options.log
  }

  /** A secret cannot be used. `problem` says what is wrong, without its content. */
  readonly tell = ({ name, metadata }: PullSecret, problem: string): void => {
    const namespace = metadata?.namespace ?? ''
    const key = `${namespace}/${name}`
    const version = `${metadata?.uid} ${metadata?.resourceVersion} ${problem}`
    if (this.#told.get(key) === version) return
    this.#told.delete(key)
    this.#told.set(key, version)
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= KNOWN) break
      this.#told.delete(oldest)
    }
    this.#log.warn({ secret: key, problem }, 'pull secret is not used')
    if (!metadata) return
    const message = `This secret is not used for imports: ${problem}.`
    const involved = { apiVersion: 'v1', kind: 'Secret', object: { metadata } }
    this.#recorder.record(involved, { type: 'Warning', reason: INVALID_PULL_SECRET, message, once: true })
  }

  /** Resolves when everything told so far is written or given up. */
  flushed(): Promise<void> {
    return this.#recorder.flushed()
  }
}
