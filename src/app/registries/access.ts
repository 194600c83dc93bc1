// The way to registries: one reader for imports and checks, by what the administrator has said.
import type { Importer } from '../../core/image/import.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import type { Registries } from '../../core/registries/prefix.ts'
import { createOutbound } from '../../http/outbound.ts'
import { proxiesOf, ProxyVariableError } from '../../http/proxyChoice.ts'
import { createHttpReader } from '../../registry/httpReader.ts'
import { createImporter } from '../../registry/importer.ts'
import { measuredImporter, measuredOutbound } from '../../registry/measure.ts'
import { mirrored } from '../../registry/mirrored.ts'
import type { RegistryReader } from '../../registry/reader.ts'
import { ONCE } from '../../registry/retry.ts'
import { createRouter } from '../../registry/router.ts'
import { StartupError } from '../startup.ts'

export interface RegistryAccessOptions {
  allowAddress: (ip: string) => boolean
  /** Asked for each request. */
  registries: () => Registries
  /** Whose HTTPS_PROXY and the like count. */
  env: Readonly<Record<string, string | undefined>>
  log: Log
  metrics: Metrics
}

export interface RegistryAccess {
  reader: RegistryReader
  importer: Importer
  close(): Promise<void>
}

/** Milliseconds for a mirror, which has another one behind it. */
const MIRROR_TIMEOUTS = { ping: 5_000, token: 5_000, request: 20_000 }

/** Error: StartupError. */
export function registryAccess({ allowAddress, registries, env, log, metrics }: RegistryAccessOptions): RegistryAccess {
  const route = createRouter(registries, environmentOf(env))
  const bare = createOutbound({ allowAddress, route })
  const outbound = measuredOutbound(bare, metrics)
  const reader = mirrored({
    reader: createHttpReader({ outbound }),
    mirrors: createHttpReader({ outbound, retry: ONCE, timeouts: MIRROR_TIMEOUTS }),
    registries,
    log,
  })
  return {
    reader,
    importer: measuredImporter(createImporter({ reader, log }), metrics),
    close: () => bare.close(),
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
