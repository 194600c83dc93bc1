// The process around a server: what is printed, signals, the exit code. The commands `standalone` and `server` are these functions.
import type { Writable } from 'node:stream'
import type { Receiver } from '../core/hooks/receiver.ts'
import type { Log } from '../core/machinery/log.ts'
import { startAggregated, type AggregatedOptions } from './aggregated.ts'
import { aggregatedBanner, banner } from './banner.ts'
import { stopOnSignal, type SignalSource } from './lifecycle.ts'
import { createLog, LOG_LEVELS, parseLevel } from './log.ts'
import { saveMemoryWhenQuiet } from './quiet.ts'
import { startStandalone } from './standalone.ts'
import { InstallError } from '../install/failure.ts'
import { StartupError } from './startup.ts'

/** What the command line or the environment say of any run. */
export interface RunOptions {
  /** debug, info, warn, error; default: MILLRACE_LOG_LEVEL, else info. */
  logLevel?: string
  /** Default: those of the process. */
  stdout?: Writable
  stderr?: Writable & { isTTY?: boolean }
  signals?: SignalSource
  env?: Readonly<Record<string, string | undefined>>
}

/** What they say of standalone. */
export interface StandaloneRun extends RunOptions {
  port?: number
  dataDir?: string
  receivers?: readonly Receiver[]
  /** File with credentials for imports of any namespace. */
  pullSecrets?: string
  /** File that says how registries are reached. */
  registries?: string
  refresh?: number
}

/** A server that runs, and what is printed of it. */
interface Started {
  banner: string
  close(): Promise<void>
}

/** Exit code of a program that a signal ends without an orderly stop (128 + SIGINT). */
const KILLED = 130

/** Runs standalone until a signal; resolves with the exit code. */
export function runStandalone(options: StandaloneRun): Promise<number> {
  const { port, dataDir, receivers, pullSecrets, registries, refresh, env } = options
  return run(options, async (log) => {
    const server = await startStandalone({
      ...(port !== undefined && { port }),
      ...(dataDir !== undefined && { dataDir }),
      ...(receivers !== undefined && { receivers }),
      ...(pullSecrets !== undefined && { pullSecrets }),
      ...(registries !== undefined && { registries }),
      ...(env && { env }),
      ...(refresh !== undefined && { refresh }),
      log,
    })
    return { banner: banner(server, process.cwd()), close: () => server.close() }
  })
}

/** Runs a server behind a cluster's aggregator until a signal; resolves with the exit code. */
export function runAggregated(options: RunOptions & Omit<AggregatedOptions, 'log' | 'signal'>): Promise<number> {
  return run(options, async (log, signal) => {
    const server = await startAggregated({ ...options, log, signal })
    return { banner: aggregatedBanner(options.placement), close: () => server.close() }
  })
}

/** Starts a server; rejects with the reason of the signal when that breaks the start off. */
type Start = (log: Log, signal: AbortSignal) => Promise<Started>

/** Starts a server and waits for a signal. Prints one line to stderr and gives 1 when it cannot start. */
async function run(options: RunOptions, start: Start): Promise<number> {
  const { stdout = process.stdout, stderr = process.stderr, signals = process, env = process.env } = options
  const name = options.logLevel ?? env['MILLRACE_LOG_LEVEL'] ?? 'info'
  const level = parseLevel(name)
  if (level === undefined) {
    stderr.write(`error: no log level "${name}": choose ${LOG_LEVELS.join(', ')}\n`)
    return 1
  }
  const log = createLog({ level, stream: stderr })
  // Who reads the output may go away (`| head`): the server stays.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined)
  const forget = surviveRejections(log)
  const spend = saveMemoryWhenQuiet()
  try {
    const interruption = new AbortController()
    const starting = start(log, interruption.signal).then(
      (server) => (stdout.write(server.banner), server),
      (error: unknown) => {
        if (!interruption.signal.aborted || error !== interruption.signal.reason) throw error
        return undefined
      },
    )
    // A signal counts from the beginning: what has been started, or registered in a cluster, must not stay behind.
    const stopped = stopOnSignal(
      signals,
      async () => {
        log.info({}, 'stopping; a second signal ends it at once')
        interruption.abort()
        await (await starting)?.close()
      },
      () => process.exit(KILLED),
    )
    await Promise.race([stopped, starting.then(() => stopped)])
    return 0
  } catch (error) {
    if (!(error instanceof StartupError || error instanceof InstallError)) throw error
    stderr.write(`error: ${error.message}\n`)
    return 1
  } finally {
    spend()
    forget()
  }
}

/** A promise that nobody waits for is a defect: it is logged, and does not take everybody's server down. */
function surviveRejections(log: Log): () => void {
  const listener = (reason: unknown): void => log.error({ err: reason }, 'unhandled rejection')
  process.on('unhandledRejection', listener)
  return () => process.off('unhandledRejection', listener)
}
