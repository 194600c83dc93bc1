// The registration of a server outside of the cluster: it can be taken over by another such server, and comes back when that one
// ends. What tells is the Service of the name that all of them apply; the Lease has nothing to do with it.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { ifFound, isReason } from '../core/machinery/status.ts'
import { pause } from '../kube/backoff.ts'
import { endingWith } from '../kube/endingWith.ts'
import { ListWatch } from '../kube/listWatch.ts'
import { compareVersions } from '../kube/version.ts'
import { apply } from './apply.ts'
import { isReached } from './availability.ts'
import type { Manifest } from './manifest.ts'
import { AUTHORITY } from './external.ts'
import { deregister, register, urlOf, type Service } from './register.ts'
import { RESOURCES, targetOf } from './resources.ts'

/** Annotation of the Service by which a server that ends offers the registration to one that was registered before. */
const OFFER = 'millrace.dev/offered'
/** Milliseconds for which it does that: the others watch the Service, and write at once. */
const OFFERED = 3_000
/** Milliseconds between two looks whether somebody has accepted. */
const LOOK = 100

/**
 * Milliseconds for all that the end of a registration asks the cluster, also of one that does not answer: whoever has interrupted it waits.
 * That the kube-apiserver is just restarted is sat out mostly.
 */
const LEAVING = 15_000

/** What is registered, and where. */
export interface RegistrationOptions {
  client: ObjectClient
  /** As applied; the Service is among them. */
  objects: readonly Manifest[]
  log: Log
  /** Ends `run`. */
  signal: AbortSignal
  /** Milliseconds, see LEAVING. */
  leaving?: number
}

/** See above. */
export class Registration {
  readonly #options: RegistrationOptions
  readonly #service: Manifest
  readonly #url: string
  /** Whom the Service names, as far as has been told; undefined: nobody. Counts once we have been registered. */
  #registered: string | undefined
  #version: string | undefined
  #state: 'starting' | 'announced' | 'leaving' = 'starting'
  /** There have been others, who may still run. */
  #hasOthers = false
  #returning: Promise<void> = Promise.resolve()
  readonly #leaving = new AbortController()
  #handler: (canAsk: boolean) => void = () => undefined

  constructor(options: RegistrationOptions) {
    this.#options = options
    this.#service = options.objects.find(({ kind }) => kind === 'Service')!
    this.#url = urlOf(this.#service)
  }

  /** `handler` hears whenever the cluster asks another server than before, and whether that can ask this one: it has the same authority. */
  on(handler: (canAsk: boolean) => void): void {
    this.#handler = handler
  }

  /** Registers this server, whoever was before. Errors: those of `register`. */
  async announce(signal: AbortSignal): Promise<void> {
    const { client, objects, log } = this.#options
    const before = await this.#look()
    if (before && urlOf(before) !== this.#url) {
      this.#hasOthers = true
      log.warn({ url: this.#url, before: urlOf(before) }, 'takes over the registration of another server')
    }
    await register(client, objects, signal)
    this.#registered = this.#url
    this.#state = 'announced'
    this.#learn(await this.#look())
  }

  /** Gives the registration to one that had it before and still runs, or takes it back. Another's is left alone. */
  async withdraw(): Promise<void> {
    const { objects, log, leaving = LEAVING } = this.#options
    this.#state = 'leaving'
    this.#leaving.abort()
    await this.#returning
    const ends = AbortSignal.timeout(leaving)
    const client = endingWith(this.#options.client, ends)
    if (this.#hasOthers && (await this.#offer(client))) return
    await deregister(client, objects, log, ends)
    await this.#warnOfDead(client).catch((error: unknown) =>
      log.debug({ err: error }, 'it is not known who is registered'),
    )
  }

  /** Of another server's registration that leads to nobody: while it is there, no namespace can be deleted. */
  async #warnOfDead(client: ObjectClient): Promise<void> {
    const { log } = this.#options
    const found = await this.#look(client)
    if (!found || (await isReached(client))) return
    const help = 'where it does not come back, run "millrace uninstall": until then no namespace can be deleted'
    log.warn({ url: urlOf(found) }, `the server that is registered does not answer: ${help}`)
  }

  /** Follows who is registered, until the signal aborts. */
  async run(): Promise<void> {
    const { client, log, signal } = this.#options
    const { name, namespace } = this.#service.metadata
    const following = {
      client,
      resource: RESOURCES.Service,
      namespace: namespace!,
      fieldSelector: `metadata.name=${name}`,
    }
    const services = new ListWatch<Service>(
      { ...following, log, signal },
      {
        replace: ([found]) => this.#hear(found),
        apply: ({ type, object }, ahead) => {
          if (ahead && type !== 'BOOKMARK') this.#hear(object, type === 'DELETED')
        },
      },
    )
    await services.run()
  }

  /** What a watch tells may be older than what has been read. */
  #hear(service: Service | undefined, isDeleted = false): void {
    if (this.#state !== 'announced') return
    if (service && compareVersions(service.metadata.resourceVersion, this.#version) <= 0) return
    this.#learn(isDeleted ? undefined : service)
    this.#version = service?.metadata.resourceVersion
  }

  #learn(service: Service | undefined): void {
    const { log } = this.#options
    this.#version = service?.metadata.resourceVersion
    const registered = service && urlOf(service)
    if (registered !== undefined && registered !== this.#url && service?.metadata.annotations?.[OFFER])
      this.#returning = this.#accept(service)
    if (registered === this.#registered) return
    this.#registered = registered
    if (registered === undefined)
      log.warn(
        { url: this.#url },
        'the registration of this server was removed: the cluster asks it no more; start it again',
      )
    else if (registered !== this.#url) {
      this.#hasOthers = true
      const until = 'the cluster asks this one no more, until that one ends'
      log.warn({ url: this.#url, by: registered }, `another server has taken over the registration: ${until}`)
    }
    if (service) this.#handler(authorityOf(service) === authorityOf(this.#service))
  }

  /** Of several that may, the one that writes the Service first does. */
  async #accept({ metadata: { resourceVersion } }: Service): Promise<void> {
    const { client, objects, log } = this.#options
    try {
      const metadata = { ...this.#service.metadata, resourceVersion: resourceVersion! }
      await apply(client, { ...this.#service, metadata })
      await register(client, objects, this.#leaving.signal)
      log.info({ url: this.#url }, 'this server is registered again')
    } catch (error) {
      if (isReason(error, 'Conflict') || this.#leaving.signal.aborted) return
      log.error({ err: error, url: this.#url }, 'this server could not be registered again: start it again')
    }
  }

  /** True when somebody has accepted. */
  async #offer(client: ObjectClient): Promise<boolean> {
    const { log } = this.#options
    const isOthers = async (): Promise<boolean> => {
      const found = await this.#look(client)
      return found !== undefined && urlOf(found) !== this.#url
    }
    try {
      const found = await this.#look(client)
      if (found === undefined || urlOf(found) !== this.#url) return found !== undefined
      // Whoever registers in between is not to lose it.
      const { resourceVersion } = found.metadata
      const metadata = {
        ...this.#service.metadata,
        resourceVersion: resourceVersion!,
        annotations: { ...this.#service.metadata.annotations, [OFFER]: 'true' },
      }
      await apply(client, { ...this.#service, metadata })
      const deadline = performance.now() + OFFERED
      while (performance.now() < deadline) {
        await pause(LOOK, this.#options.signal)
        if (await isOthers()) return true
      }
    } catch (error) {
      if (isReason(error, 'Conflict')) return isOthers().catch(() => false)
      log.warn({ err: error, url: this.#url }, 'the registration could not be offered to servers that had it before')
    }
    return false
  }

  #look(client = this.#options.client): Promise<Service | undefined> {
    return ifFound(client.get<Service>(targetOf(this.#service)))
  }
}

const authorityOf = ({ metadata }: KubeObject): string | undefined => metadata.annotations?.[AUTHORITY]
