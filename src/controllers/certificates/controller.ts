// The certificates of a server behind the aggregator: renewed in the Secret that all replicas read, and told to those who send
// requests here. Run by the leader alone.
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import type { KubeObject, ResourceRef } from '../../core/machinery/object.ts'
import { exponential, type Backoff } from '../../kube/backoff.ts'
import { Reflector } from '../../kube/reflector.ts'
import { ControlLoop, type Again } from '../loop.ts'
import { authoritiesOf, encodeBundle, parseBundle, trusted, type Secret } from './bundle.ts'
import { rotate } from './rotation.ts'

const SECRETS = { group: '', version: 'v1', plural: 'secrets' }
const BACKOFF = exponential({ base: 100, cap: 30_000 })
/** Milliseconds between two looks at the clock. They ask nobody. */
const PERIOD = 60 * 60_000
/** The same while an authority waits for its turn. */
const SETTLING_PERIOD = 60_000

/** An object that is to know the authorities, and where in it. */
export interface Trusting {
  resource: ResourceRef
  name: string
  /** JSON pointers of fields for base64 PEM. */
  places: (object: KubeObject) => { pointer: string; found: string | undefined }[]
}

/** What the controller works on. */
export interface CertificateOptions {
  client: ObjectClient
  namespace: string
  /** Name of the Secret. It must be there: nobody gives the right to create one. */
  secret: string
  /** Names under which the server is reached. */
  hosts: readonly string[]
  trusting: readonly Trusting[]
  log: Log
  metrics?: Metrics
  signal: AbortSignal
  now?: () => Date
  backoff?: Backoff
}

const KEY = 'certificates'
/** Owner of what is told, so that an installation that is applied again leaves it alone. */
const FIELD_MANAGER = 'millrace-certificates'

/** See above. `run` ends when the signal aborts. */
export class CertificateController {
  readonly #options: CertificateOptions
  readonly #loop: ControlLoop
  readonly #secrets: Reflector<Secret>
  readonly #trusting: readonly { of: Trusting; cache: Reflector<KubeObject> }[]

  #isMissed = false

  constructor(options: CertificateOptions) {
    this.#options = options
    const { client, namespace, log, metrics, signal, backoff = BACKOFF } = options
    const measured = metrics && { metrics }
    const one = (name: string) => ({ client, log, signal, ...measured, fieldSelector: `metadata.name=${name}` })
    this.#secrets = new Reflector<Secret>({ ...one(options.secret), resource: SECRETS, namespace })
    this.#trusting = options.trusting.map((of) => ({
      of,
      cache: new Reflector<KubeObject>({ ...one(of.name), resource: of.resource }),
    }))
    const reconcile = () => this.#reconcile()
    this.#loop = new ControlLoop({ name: KEY, concurrency: 1, reconcile, backoff, log, signal, ...measured })
    const look = () => this.#loop.add(KEY)
    this.#secrets.on(look)
    for (const { cache } of this.#trusting) cache.on(look)
  }

  async run(): Promise<void> {
    const caches = [this.#secrets, ...this.#trusting.map(({ cache }) => cache)]
    const running = Promise.all(caches.map((cache) => cache.run()))
    try {
      await Promise.all(caches.map((cache) => cache.synced))
      this.#loop.add(KEY)
      await this.#loop.run()
    } catch (error) {
      if (!this.#options.signal.aborted) throw error
    }
    await running
  }

  /** Resolves when there is nothing to do for now. */
  idle(): Promise<void> {
    return this.#loop.idle()
  }

  async #reconcile(): Promise<Again | undefined> {
    const { namespace, secret: name, hosts, client, log, signal, now = () => new Date() } = this.#options
    const secret = this.#secrets.get(namespace, name)
    if (!secret) return this.#miss()
    this.#isMissed = false
    const bundle = parseBundle(secret)
    const bare = bundle && Buffer.from(trusted(bundle)).toString('base64')
    const told = bare !== undefined && this.#untold(bare).length === 0
    const next = await rotate(bundle, { hosts, now: now(), told })
    // Replicas trust what the Secret says, also where somebody has changed only that.
    if (next !== bundle || authoritiesOf(secret) !== trusted(bundle)) {
      log.info({ secret: `${namespace}/${name}` }, 'renewing the certificates of the server')
      const target = { resource: SECRETS, namespace, name }
      await client.update<Secret>(target, { ...secret, data: encodeBundle(next) } as Secret, { signal })
      // What was written comes back, and is told then: nobody is to trust what the Secret does not hold.
    } else if (bare !== undefined) await this.#tell(bare)
    return { after: next.next ? SETTLING_PERIOD : PERIOD }
  }

  /** Only an installation can make the Secret; what it held goes on to be used. Its return is seen. */
  #miss(): undefined {
    const { log, namespace, secret: name } = this.#options
    const level = this.#isMissed ? 'debug' : 'warn'
    this.#isMissed = true
    log[level]({ secret: `${namespace}/${name}` }, 'the secret for certificates is gone: run "millrace install"')
  }

  /** Objects that do not hold what they should. */
  #untold(value: string): { of: Trusting; object: KubeObject }[] {
    return this.#trusting.flatMap(({ of, cache }) => {
      const object = cache.get('', of.name)
      return object && of.places(object).some(({ found }) => found !== value) ? [{ of, object }] : []
    })
  }

  async #tell(value: string): Promise<void> {
    const { client, signal } = this.#options
    for (const { of, object } of this.#untold(value)) {
      const wrong = of.places(object).filter(({ found }) => found !== value)
      const patch = wrong.map(({ pointer }) => ({ op: 'add', path: pointer, value }))
      await client.patch({ resource: of.resource, name: of.name }, 'json', patch, {
        fieldManager: FIELD_MANAGER,
        signal,
      })
    }
  }
}
