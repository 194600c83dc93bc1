// The credential helpers that a configuration of registries asks for.
import type { CloudCredentials as Wanted } from '../../core/registries/configuration.ts'
import type { Log } from '../../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../../core/machinery/metrics.ts'
import type { Outbound } from '../../http/outbound.ts'
import type { Candidates, Credential } from '../reader.ts'
import { acr } from './acr.ts'
import { HelperError } from './ask.ts'
import { ecr } from './ecr.ts'
import { gar } from './gar.ts'
import type { Cloud, CloudOptions } from './cloud.ts'
import { Renewed } from './renewed.ts'

/** What helpers work with. */
export interface CloudCredentialsOptions {
  /** Connections of their own, that may go to metadata services. */
  outbound: Outbound
  env: CloudOptions['env']
  log: Pick<Log, 'warn'>
  metrics?: Metrics
  /** Milliseconds since 1970. Default: the machine's clock. */
  now?: () => number
}

/** What is wanted, for which host, and which credentials its registry does not take any more. */
export interface HelperQuery {
  cloud: Wanted
  host: string
  refused: readonly Credential[]
}

const KINDS = { ecr, gar, acr } as const satisfies Record<Wanted['helper'], (o: CloudOptions) => Cloud>

interface Running {
  helper: Cloud
  renewed: Renewed<Credential>
}

/** Keeps helpers, each with what it has got, by what is said of it: a configuration that is read again changes nothing by that. */
export class CloudCredentials {
  readonly #options: CloudCredentialsOptions
  readonly #running = new Map<string, Running>()
  readonly #renewals: ReturnType<Metrics['counter']>
  /** What is wrong with a helper, as the log has told it. */
  readonly #told = new Map<string, string>()

  constructor(options: CloudCredentialsOptions) {
    this.#options = options
    this.#renewals = renewalCounter(options.metrics ?? unmeasured)
  }

  /** The credential of a helper; never rejects. */
  async find({ cloud, host, refused }: HelperQuery): Promise<Candidates> {
    const { helper, renewed } = this.#start(cloud)
    const name = cloud.helper
    const scope = helper.scope(host)
    if (scope === undefined) return none(`the credential helper ${name} is for ${helper.hosts}, not for ${host}`)
    for (const credential of refused) renewed.refuse(scope, ({ password }) => password === credential.password)
    try {
      const credential = await renewed.get(scope)
      this.#told.delete(name)
      return { credentials: [credential] }
    } catch (error) {
      if (!(error instanceof HelperError)) throw error
      if (this.#told.get(name) !== error.message)
        this.#options.log.warn({ helper: name, host, problem: error.message }, 'a credential helper has no credential')
      this.#told.set(name, error.message)
      return none(`no credential from ${name}: ${error.message}`)
    }
  }

  #start(cloud: Wanted): Running {
    const key = JSON.stringify([cloud.helper, Object.entries(cloud.settings).toSorted(([a], [b]) => (a < b ? -1 : 1))])
    const { outbound, env, now = Date.now } = this.#options
    return this.#running.getOrInsertComputed(key, () => {
      const helper = KINDS[cloud.helper]({ outbound, env, settings: cloud.settings, now })
      const attempted = (outcome: string): void => this.#renewals(cloud.helper, outcome).inc()
      const fetch = (scope: string, signal: AbortSignal) => helper.fetch(scope, signal)
      return { helper, renewed: new Renewed({ fetch, attempted, now }) }
    })
  }
}

/** Counts what helpers ask clouds for. */
export const renewalCounter = (metrics: Metrics): ReturnType<Metrics['counter']> =>
  metrics.counter({
    name: 'millrace_credential_renewals_total',
    help: 'Credentials that helpers asked a cloud for, by helper and outcome: success or failure.',
    labels: ['helper', 'outcome'],
  })

const none = (problem: string): Candidates => ({ credentials: [], problem })
