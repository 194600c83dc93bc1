// A scheduler with a registry of its own, in a time that passes when a test lets it.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { Scheduler } from '../../src/controllers/schedule/scheduler.ts'
import { REFRESH } from '../../src/core/image/annotations.ts'
import type { ImageStream, TagReference } from '../../src/core/image/types.ts'
import { silent } from '../../src/core/machinery/log.ts'
import type { Checked } from '../../src/core/schedule/verdict.ts'
import { Reflector } from '../../src/kube/reflector.ts'
import { Budgets, type BudgetsOptions } from '../../src/registry/budgets.ts'
import type { Check, Outcome } from '../../src/registry/checker.ts'
import { HeldBack, type Passed } from '../../src/registry/gate.ts'
import { atOnce } from './atOnce.ts'
import { eventually } from './eventually.ts'
import { FakeClient } from './fakeClient.ts'
import { TestClock } from './testClock.ts'

export const STREAMS = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }
export const MINUTE = 60_000
/** Digests. */
export const A = `sha256:${'a'.repeat(64)}`
export const B = `sha256:${'b'.repeat(64)}`

/** A stream with a tag. */
interface Added {
  image?: string
  refresh?: string
  namespace?: string
  /** When its images came, the newest first, in milliseconds since 1970. */
  history?: number[]
  /** Of the stream. */
  annotations?: Record<string, string>
}

/** What the registry says of a check. */
export type Answer = Partial<Outcome> & { checked: Checked; headers?: Record<string, string> }

/** See above. */
export class World {
  readonly client = new FakeClient()
  readonly clock = new TestClock()
  readonly stopper = new AbortController()
  /** When each source was checked, and for whom. */
  readonly checks: { key: string; at: number; namespaces: readonly string[]; known: string | undefined }[] = []
  readonly moved: string[] = []
  /** What counts where nobody says how fresh tags are to be; undefined: the default. */
  refresh: number | undefined
  readonly remembered: [stream: string, origins: string][] = []
  /** What the registry says; by repository. */
  readonly registry = new Map<string, Answer>()
  /** The same, for what `registry` does not hold. */
  answer: (check: Check) => Answer = () => ({ checked: { digest: A }, head: { digest: A, mediaType: 'm' } })
  /** What becomes of a tag that has moved. */
  onMoved: (stream: string) => void = () => {}
  readonly budgets: Budgets
  readonly scheduler: Scheduler
  readonly streams: Reflector<ImageStream>
  readonly #running: Promise<unknown>

  constructor(options: Pick<BudgetsOptions, 'rateOf'> = {}) {
    let seed = 1
    const { signal } = this.stopper
    this.streams = new Reflector<ImageStream>({ client: this.client, resource: STREAMS, log: silent, signal })
    this.budgets = new Budgets({ ...options, now: this.clock.now })
    this.scheduler = new Scheduler({
      streams: this.streams,
      budgets: this.budgets,
      check: (check) => this.#check(check),
      remember: (...all) => void this.remembered.push(all),
      moved: (stream, tag) => {
        this.moved.push(`${stream}:${tag}`)
        this.onMoved(stream)
      },
      clock: this.clock,
      refresh: { current: () => this.refresh },
      random: () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647,
      log: silent,
      signal,
    })
    this.#running = Promise.all([this.streams.run(), this.scheduler.run()])
  }

  /** As the checker does by way of a session: through the gate, or not at all. */
  #check(check: Check): Promise<Outcome[]> {
    const { source, namespaces, known, errand = {} } = check
    const { host, repository } = source
    const own = { ...errand }
    let passed: Passed
    try {
      passed = atOnce(this.budgets.enter({ host, repository, kind: 'head', errand: own }))
    } catch (error) {
      if (!(error instanceof HeldBack)) throw error
      const { delay } = error
      return Promise.resolve([{ namespaces, checked: {}, account: own.account!, delay }])
    }
    this.checks.push({ key: `${host}/${repository}`, at: this.clock.now(), namespaces, known: known?.digest })
    const { headers = {}, ...outcome } = this.registry.get(repository) ?? this.answer(check)
    passed({ status: outcome.checked.failure === 'RateLimited' ? 429 : 200, headers })
    return Promise.resolve([{ namespaces, account: own.account!, ...outcome }])
  }

  async add(
    name: string,
    source: string,
    { image = A, refresh, namespace = 'ns', history = [], annotations }: Added = {},
  ): Promise<void> {
    const tag: TagReference = {
      name: 'v1',
      annotations: refresh === undefined ? null : { [REFRESH]: refresh },
      from: { kind: 'DockerImage', name: source },
      generation: 1,
      importPolicy: { scheduled: true },
      referencePolicy: { type: 'Source' },
    }
    const created = (at: number) => ({ created: new Date(at).toISOString() })
    const item = { created: null, dockerImageReference: 'x', image, generation: 2 }
    const items = history.length === 0 ? [item] : history.map((at) => ({ ...item, ...created(at) }))
    this.client.put('imagestreams', {
      metadata: { name, namespace, ...(annotations && { annotations }) },
      spec: { lookupPolicy: { local: false }, tags: [tag] },
      status: { dockerImageRepository: '', tags: [{ tag: 'v1', items }] },
    } as ImageStream)
    await eventually(() => assert.ok(this.streams.get(namespace, name)), { interval: 1 })
  }

  pass(ms: number): Promise<void> {
    return this.clock.pass(ms, () => this.scheduler.idle())
  }

  async stop(): Promise<void> {
    this.stopper.abort()
    await this.#running
  }
}

/** One for a test. */
export function world(t: TestContext, options?: Pick<BudgetsOptions, 'rateOf'>): World {
  const made = new World(options)
  t.after(() => made.stop())
  return made
}
