// The way to registries: one reader for imports and checks, by what the administrator has said.
import type { Importer } from '../../core/image/import.ts'
import type { PullSecret } from '../../core/image/pullSecrets.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import { sourcesOf } from '../../core/registries/mirrors.ts'
import type { Registries } from '../../core/registries/prefix.ts'
import type { Source } from '../../core/schedule/source.ts'
import { createOutbound } from '../../http/outbound.ts'
import { proxiesOf, ProxyVariableError } from '../../http/proxyChoice.ts'
import { Budgets, steady } from '../../registry/budgets.ts'
import { CHECK_PATIENCE } from '../../registry/checker.ts'
import { CloudCredentials } from '../../registry/clouds/credentials.ts'
import { createHttpReader } from '../../registry/httpReader.ts'
import { CONCURRENCY, createImporter } from '../../registry/importer.ts'
import { HostLimiters } from '../../registry/limiter.ts'
import { measuredImporter, measuredOutbound } from '../../registry/measure.ts'
import { mirrored } from '../../registry/mirrored.ts'
import { RateKeeper } from '../../registry/rateKeeper.ts'
import type { RateRecord } from '../../registry/rateRecord.ts'
import type { RegistryReader } from '../../registry/reader.ts'
import { ONCE } from '../../registry/retry.ts'
import { createRouter } from '../../registry/router.ts'
import { DefaultCredentials, type SharedCredentials } from '../../registry/sharedCredentials.ts'
import { StartupError } from '../startup.ts'

export interface RegistryAccessOptions {
  allowAddress: (ip: string) => boolean
  /** Asked for each request. */
  registries: () => Registries
  /** Whose HTTPS_PROXY and the like count. */
  env: Readonly<Record<string, string | undefined>>
  /** Told of pull secrets that make no sense, and what is wrong, without their content. */
  problem: (secret: PullSecret, message: string) => void
  /** Where configured rates are kept account of. */
  rates: RateRecord
  log: Log
  metrics: Metrics
}

export interface RegistryAccess {
  reader: RegistryReader
  /** Milliseconds for a check: mirrors that do not answer must not take those of the registry. */
  patience: (source: Source) => number
  budgets: Budgets
  /** Turns at registries. */
  hosts: HostLimiters
  importer: Importer
  /** Credentials of the whole installation. */
  shared: SharedCredentials
  /** Takes these pull secrets as the default of all namespaces, in place of those before. */
  setDefaults: (secrets: readonly PullSecret[]) => void
  close(): Promise<void>
}

/** Milliseconds for a mirror, which has another one behind it. */
const MIRROR_TIMEOUTS = { ping: 5_000, token: 5_000, request: 20_000 }

/** Error: StartupError. */
export function registryAccess(options: RegistryAccessOptions): RegistryAccess {
  const { allowAddress, registries, env, problem, rates, log, metrics } = options
  const route = createRouter(registries, environmentOf(env))
  const bare = createOutbound({ allowAddress, route })
  const outbound = measuredOutbound(bare, metrics)
  const rateOf = (host: string) => {
    const found = registries().find(host)
    return found?.rate && { ...found.rate, prefix: found.prefix }
  }
  const keeper = new RateKeeper({ record: rates, now: steady, wall: Date.now, log })
  const budgets = new Budgets({ rateOf, now: steady, keeper, metrics })
  const hosts = new HostLimiters(CONCURRENCY)
  const gate = budgets.enter
  const reader = mirrored({
    reader: createHttpReader({ outbound, gate }),
    mirrors: createHttpReader({ outbound, gate, retry: ONCE, timeouts: MIRROR_TIMEOUTS }),
    registries,
    log,
  })
  // Metadata services are where imports may not go, and no proxy leads there: nothing else is asked without TLS.
  const clouds = createOutbound({ route: (origin) => (origin.protocol === 'https:' ? route(origin) : {}) })
  const defaults = new DefaultCredentials({
    helpers: new CloudCredentials({ outbound: clouds, env, log, metrics }),
    cloud: (host) => registries().find(host)?.credentials,
    problem,
  })
  const mirrorPatience = Object.values(MIRROR_TIMEOUTS).reduce((a, b) => a + b)
  return {
    reader,
    patience({ host, repository }) {
      const { mirrors } = sourcesOf(registries(), host, repository)
      return CHECK_PATIENCE + mirrors.length * mirrorPatience
    },
    budgets,
    hosts,
    importer: measuredImporter(createImporter({ reader, hosts, problem, shared: defaults.find }), metrics),
    shared: defaults.find,
    setDefaults: (secrets) => defaults.setSecrets(secrets),
    async close() {
      await Promise.all([bare.close(), clouds.close()])
      await keeper.stop()
    },
  }
}

function environmentOf(env: RegistryAccessOptions['env']) {
  try {
    return proxiesOf(env)
  } catch (error) {
    if (!(error instanceof ProxyVariableError)) throw error
    throw new StartupError(error.message, { cause: error })
  }
}
