// The configuration of registries in a cluster: a ConfigMap in the namespace of the server, followed by each replica, and the Secrets
// that it names.
import type { Secret } from '../../controllers/certificates/bundle.ts'
import { EventRecorder } from '../../controllers/events.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { NO_REGISTRIES, type RegistriesConfiguration } from '../../core/registries/configuration.ts'
import { ConfigurationError } from '../../core/registries/located.ts'
import { parseRegistries } from '../../core/registries/parse.ts'
import { REGISTRIES, REGISTRIES_KEY } from '../../install/names.ts'
import { RESOURCES } from '../../install/resources.ts'
import { Reflector } from '../../kube/reflector.ts'
import { type CurrentRefresh, CurrentRegistries } from '../registries/current.ts'
import type { RegistriesFile } from '../registries/file.ts'
import { authorityProblem, pairProblem } from '../registries/material.ts'

interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

const GOES_ON = 'the configuration of registries is not used: the last good one goes on'
const NOT_READY = 'the configuration of registries is not used: the server is not ready until it is corrected'

/** Through what it is followed, and until when. */
export interface ClusterRegistriesOptions {
  client: ObjectClient
  namespace: string
  /** Where it says so itself, no ConfigMap counts. */
  file?: Pick<RegistriesFile, 'configuration' | 'run'> | undefined
  log: Log
  metrics?: Metrics
  signal: AbortSignal
}

/** See above; kept current by `run`. */
export class ClusterRegistries {
  /** Resolves when something good is known: a server that knows of no allow-list must not import from everywhere. */
  readonly known: Promise<void>
  readonly #options: ClusterRegistriesOptions
  readonly #known = Promise.withResolvers<void>()
  readonly #maps: Reflector<ConfigMap>
  readonly #secrets: Reflector<Secret>
  readonly #events: EventRecorder
  readonly #current = new CurrentRegistries()
  #configuration: RegistriesConfiguration = NO_REGISTRIES
  #secretsRun: Promise<void> | undefined
  #isKnown = false

  constructor(options: ClusterRegistriesOptions) {
    this.#options = options
    this.known = this.#known.promise
    // Nobody needs to wait for it.
    this.known.catch(() => undefined)
    const { namespace, signal } = options
    this.#maps = new Reflector<ConfigMap>({
      ...options,
      resource: RESOURCES.ConfigMap,
      fieldSelector: `metadata.name=${REGISTRIES}`,
    })
    // Not by their names, which change: one watch for all of them, and only where one is needed.
    this.#secrets = new Reflector<Secret>({
      ...options,
      resource: RESOURCES.Secret,
      fieldSelector: 'type=kubernetes.io/tls',
    })
    this.#events = new EventRecorder({ ...options, component: 'millrace' })
    this.#maps.on(({ type, object }) => this.#read(type === 'deleted' ? undefined : object))
    this.#secrets.on(({ object }) => {
      if (secretsOf(this.#configuration).includes(object.metadata.name ?? '')) this.#rebuild()
    })
    signal.addEventListener('abort', () => this.#known.reject(new Error(`stopped before ${namespace} was read`)))
  }

  /** What counts at the moment. */
  readonly current = this.#current.get

  get refresh(): CurrentRefresh {
    return this.#current.refresh
  }

  /** Gives what ends it. */
  onChange(handler: () => void): () => void {
    return this.#current.onChange(handler)
  }

  async run(): Promise<void> {
    const { file, signal } = this.#options
    if (file) {
      this.#take(file.configuration)
      await file.run(signal, (configuration) => this.#take(configuration))
    } else {
      void this.#maps.synced.then(
        () => this.#maps.size === 0 && this.#take(NO_REGISTRIES),
        () => undefined,
      )
      await this.#maps.run()
    }
    await this.#secretsRun
  }

  /** What is not as it should be changes nothing. */
  #read(map: ConfigMap | undefined): void {
    const { log } = this.#options
    try {
      this.#take(map ? configurationOf(map) : NO_REGISTRIES)
      log.info({ configMap: REGISTRIES, resourceVersion: map?.metadata.resourceVersion }, 'registries are configured')
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      const { message: problem } = error
      log.error({ configMap: REGISTRIES, problem }, this.#isKnown ? GOES_ON : NOT_READY)
      const involved = { apiVersion: 'v1', kind: 'ConfigMap', object: map! }
      this.#events.record(involved, { type: 'Warning', reason: 'RegistriesInvalid', message: `not used: ${problem}` })
    }
  }

  #take(configuration: RegistriesConfiguration): void {
    this.#configuration = configuration
    const names = secretsOf(configuration)
    if (names.length > 0) this.#secretsRun ??= this.#secrets.run()
    if (names.length === 0 || this.#secrets.isSynced) this.#ready()
    else
      void this.#secrets.synced.then(
        () => this.#ready(),
        () => undefined,
      )
  }

  #ready(): void {
    this.#rebuild()
    this.#isKnown = true
    this.#known.resolve()
  }

  /** The configuration with the pairs that its Secrets hold. One that is missing or damaged only disables itself. */
  #rebuild(): void {
    const { log } = this.#options
    const registries = this.#configuration.registries.map((entry) => {
      const { clientCertificate, prefix } = entry
      if (!clientCertificate || !('secret' in clientCertificate)) return entry
      const { secret } = clientCertificate
      const pair = pairOf(this.#secrets.get(this.#options.namespace, secret))
      if (typeof pair !== 'string') return Object.assign({}, entry, { client: pair })
      log.warn({ registry: prefix, secret, problem: pair }, 'a client certificate is not used')
      return entry
    })
    this.#current.set({ ...this.#configuration, registries })
  }
}

function configurationOf({ data = {} }: ConfigMap): RegistriesConfiguration {
  const text = data[REGISTRIES_KEY]
  if (text === undefined) throw new ConfigurationError(`it has no key ${REGISTRIES_KEY}`)
  const configuration = parseRegistries(text, { files: false, secrets: true })
  for (const { prefix, ca } of configuration.registries) {
    const problem = ca === undefined ? undefined : authorityProblem(ca)
    if (problem) throw new ConfigurationError(`the certificates for ${prefix}: ${problem}`)
  }
  return configuration
}

const secretsOf = ({ registries }: RegistriesConfiguration): string[] =>
  registries.flatMap(({ clientCertificate }) =>
    clientCertificate && 'secret' in clientCertificate ? [clientCertificate.secret] : [],
  )

/** The pair of a kubernetes.io/tls Secret, or what is wrong with it. */
function pairOf(secret: Secret | undefined): { cert: string; key: string } | string {
  if (!secret) return 'there is no such Secret of the type kubernetes.io/tls in the namespace of the server'
  const text = (key: string) => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8')
  const pair = { cert: text('tls.crt'), key: text('tls.key') }
  return pairProblem(pair) ?? pair
}
