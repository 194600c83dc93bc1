// Importer: asks for the imports that streams wait for. It writes nothing itself: the answer of an import is in the stream,
// and says (by generations) that the import is done, or failed and not to be repeated.
import { pendingImport } from '../core/image/pending.ts'
import type { ImageStream, ImageStreamImport } from '../core/image/types.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../core/machinery/metrics.ts'
import { ApiError } from '../core/machinery/status.ts'
import { exponential, type Backoff } from '../kube/backoff.ts'
import type { Reflector } from '../kube/reflector.ts'
import { ImportMeter } from './importMeter.ts'
import { ControlLoop, TerminalError, type Again } from './loop.ts'

const IMPORTS = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreamimports' }
/** Imports mostly wait for registries. */
const CONCURRENCY = 50
const BACKOFF = exponential({ base: 1000, cap: 15 * 60_000 })
/** An import runs as long as the registry takes, within reason. */
const TIMEOUT = '1h0m0s'

/** What the controller of scheduled and pending imports works on. */
export interface ImporterOptions {
  client: ObjectClient
  /** Run by the caller. */
  streams: Reflector<ImageStream>
  log: Log
  metrics?: Metrics
  signal: AbortSignal
  backoff?: Backoff
  /** Told of each import that was answered: the stream's key, the tags that were asked for, and the stream as it is by now. */
  answered?(key: string, tags: readonly string[], stream: ImageStream): void
}

/** What was asked for last, to notice when the same is still wanted afterwards. */
interface Asked {
  fingerprint: string
  times: number
  /** In the milliseconds of performance.now(). */
  notBefore: number
}

/** See above. `run` ends when the signal aborts. */
export class Importer {
  readonly #options: ImporterOptions
  readonly #backoff: Backoff
  readonly #loop: ControlLoop
  readonly #meter: ImportMeter
  readonly #asked = new Map<string, Asked>()
  /** Tags that are known to have moved, by stream. */
  readonly #moved = new Map<string, Set<string>>()

  constructor(options: ImporterOptions) {
    const { log, metrics = unmeasured, signal, streams, backoff = BACKOFF } = options
    this.#options = options
    this.#backoff = backoff
    this.#meter = new ImportMeter(metrics)
    this.#loop = new ControlLoop({
      name: 'importer',
      concurrency: CONCURRENCY,
      reconcile: (key) => this.#reconcile(key),
      backoff,
      log,
      metrics,
      signal,
    })
    streams.on(({ type, object }) => {
      const key = `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`
      if (type === 'deleted') this.#forget(key)
      else if (pendingImport(object)) this.#loop.add(key)
    })
  }

  /** The registry has something else for this tag of a stream (`namespace/name`): imports it, though the stream waits for nothing. */
  moved(key: string, tag: string): void {
    const tags = this.#moved.get(key) ?? new Set()
    this.#moved.set(key, tags.add(tag))
    this.#loop.add(key)
  }

  run(): Promise<void> {
    return this.#loop.run()
  }

  /** Resolves when there is nothing to do for now. */
  idle(): Promise<void> {
    return this.#loop.idle()
  }

  async #reconcile(key: string): Promise<Again | undefined> {
    const { client, log, signal, streams } = this.#options
    const [namespace = '', name = ''] = key.split('/')
    const stream = streams.get(namespace, name)
    const moved = new Set(this.#moved.get(key))
    const request = stream && pendingImport(stream, moved)
    if (!stream || !request) {
      this.#moved.delete(key)
      return undefined
    }
    const fingerprint = fingerprintOf(stream, request)
    const last = this.#asked.get(key)
    const again = moved.size === 0 && last?.fingerprint === fingerprint ? last : undefined
    // The server did as asked and wants the same again. By its contract that cannot be; if it is, then not at full speed.
    if (again && again.notBefore > performance.now()) return { after: again.notBefore - performance.now() }
    const tags = (request.spec.images ?? []).map(({ to }) => to?.name ?? '')
    log.info({ stream: key, tags }, 'importing')
    try {
      const target = { resource: IMPORTS, namespace }
      const answer = await client.create<ImageStreamImport>(target, request, { timeout: TIMEOUT, signal })
      this.#meter.answered(answer, moved)
      this.#settle(key, moved)
      this.#options.answered?.(key, tags, answer.status.import ?? stream)
    } catch (error) {
      const failure = terminal(error)
      if (failure instanceof TerminalError) this.#settle(key, moved)
      throw failure
    }
    const times = (again?.times ?? 0) + 1
    this.#asked.set(key, { fingerprint, times, notBefore: performance.now() + this.#backoff(times) })
    return undefined
  }

  /** Tags that moved are dealt with; others may have moved since. */
  #settle(key: string, tags: Iterable<string>): void {
    const left = this.#moved.get(key)
    for (const tag of tags) left?.delete(tag)
    if (left?.size === 0) this.#moved.delete(key)
  }

  #forget(key: string): void {
    this.#asked.delete(key)
    this.#moved.delete(key)
  }
}

/** Requests that the server finds wrong stay wrong until the stream changes, and a change wakes us. */
function terminal(error: unknown): unknown {
  if (!(error instanceof ApiError) || (error.code !== 400 && error.code !== 422)) return error
  return new TerminalError('the server refuses this import', { cause: error })
}

/** The same for the same tags in the same state. */
function fingerprintOf(stream: ImageStream, { spec }: ImageStreamImport): string {
  const wanted = new Set(spec.images?.map((image) => image.to?.name))
  const generations = stream.spec.tags?.filter((t) => wanted.has(t.name)).map((t) => t.generation)
  return JSON.stringify([stream.metadata.uid, spec, generations])
}
