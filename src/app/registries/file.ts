// The configuration of registries from a file, with the files that it names: read at the start, and again when one of them has changed.
import { dirname, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../core/machinery/log.ts'
import type { RegistriesConfiguration, RegistryConfiguration } from '../../core/registries/configuration.ts'
import { ConfigurationError } from '../../core/registries/located.ts'
import { parseRegistries, type Surroundings } from '../../core/registries/parse.ts'
import { unlessAborted } from '../../kube/backoff.ts'
import { StartupError } from '../startup.ts'
import { authorityProblem, pairProblem } from './material.ts'
import { ReadFiles } from './readFiles.ts'

/** Milliseconds between two looks: at 600 files at most, and most often at one. Notices of file systems end at links, renames and networks. */
const INTERVAL = 2_000
/** Milliseconds after which a file system counts as one that does not answer. */
const PATIENCE = 10_000
const SILENT = `it cannot be read: its file system has not answered for ${PATIENCE / 1000} seconds`

/** Which file, and where it counts. */
export interface RegistriesFileOptions extends Pick<Surroundings, 'secrets'> {
  /** Paths in it start from where it lies. */
  path: string
  log: Pick<Log, 'info' | 'error'>
}

/** What was read, and from which files. */
interface Reading {
  files: ReadFiles
  result: RegistriesConfiguration | ConfigurationError
}

/** See above. What is not as it should be changes nothing. */
export class RegistriesFile {
  readonly #options: RegistriesFileOptions
  #configuration: RegistriesConfiguration
  #taken: Reading
  /** Of the last look, where that was something new. */
  #seen: Reading | undefined
  #problem: string | undefined

  /** Rejects with StartupError when it is not as it should be. */
  static async open(options: RegistriesFileOptions): Promise<RegistriesFile> {
    const patience = AbortSignal.timeout(PATIENCE)
    const reading = await unlessAborted(read(options), patience).catch((error: unknown) => {
      throw patience.aborted ? new StartupError(`--registries ${options.path}: ${SILENT}`) : error
    })
    const { result } = reading
    if (result instanceof ConfigurationError)
      throw new StartupError(`--registries ${options.path}: ${result.message}`, { cause: result })
    return new RegistriesFile(options, reading, result)
  }

  private constructor(options: RegistriesFileOptions, reading: Reading, configuration: RegistriesConfiguration) {
    this.#options = options
    this.#configuration = configuration
    this.#taken = reading
  }

  /** The last good one. */
  get configuration(): RegistriesConfiguration {
    return this.#configuration
  }

  /** Follows it until the signal aborts, and tells each new configuration. */
  async run(signal: AbortSignal, changed: (configuration: RegistriesConfiguration) => void): Promise<void> {
    while (!signal.aborted) {
      await delay(INTERVAL, undefined, { signal }).catch(() => undefined)
      if (!signal.aborted && (await this.#lookUntil(signal))) changed(this.#configuration)
    }
  }

  /** Looks, and waits for that no longer than until the signal: no file system holds up the end. Never begins a second look beside one. */
  async #lookUntil(signal: AbortSignal): Promise<boolean> {
    const stopped = Promise.withResolvers<false>()
    const stop = (): void => stopped.resolve(false)
    signal.addEventListener('abort', stop, { once: true })
    const late = setTimeout(() => this.#tell(SILENT), PATIENCE)
    try {
      return await Promise.race([this.look(), stopped.promise])
    } finally {
      clearTimeout(late)
      signal.removeEventListener('abort', stop)
    }
  }

  /**
   * Looks whether it has changed, and gives whether there is a new configuration. What is new is taken at the second look that finds it so:
   * half a file may say something else, and of several files one is written first.
   */
  async look(): Promise<boolean> {
    const seen = this.#seen
    this.#seen = undefined
    if (seen && (await seen.files.areSame())) return this.#take(seen)
    // What could not be read may be readable without having changed.
    if (this.#problem !== undefined || !(await this.#taken.files.areSame())) this.#seen = await read(this.#options)
    return false
  }

  #take(reading: Reading): boolean {
    const { path, log } = this.#options
    const { result } = reading
    this.#taken = reading
    if (result instanceof ConfigurationError) {
      this.#tell(result.message)
      return false
    }
    this.#problem = undefined
    this.#configuration = result
    log.info({ file: path }, 'registries are configured')
    return true
  }

  /** Says once what is wrong. */
  #tell(problem: string): void {
    const { path, log } = this.#options
    if (problem === this.#problem) return
    this.#problem = problem
    log.error({ file: path, problem }, 'the configuration of registries is not used: the last good one goes on')
  }
}

async function read({ path, secrets }: RegistriesFileOptions): Promise<Reading> {
  const files = new ReadFiles()
  try {
    const document = await files.text(path)
    // As a full disk leaves it behind: nothing would be forbidden any more.
    if (document.trim() === '') throw new ConfigurationError('the document is empty: to say nothing, write {}')
    const parsed = parseRegistries(document, { secrets, files: true })
    const text = (file: string) => files.text(resolve(dirname(path), file))
    const registries = await Promise.all(parsed.registries.map((entry) => withFiles(entry, text)))
    return { files, result: { ...parsed, registries } }
  } catch (error) {
    if (error instanceof ConfigurationError) return { files, result: error }
    throw error
  }
}

async function withFiles(
  entry: RegistryConfiguration,
  read: (file: string) => Promise<string>,
): Promise<RegistryConfiguration> {
  const { prefix, caFile, clientCertificate } = entry
  const ca = caFile === undefined ? entry.ca : await read(caFile)
  const problem = ca === undefined ? undefined : authorityProblem(ca)
  if (problem) throw new ConfigurationError(`the certificates for ${prefix}: ${problem}`)
  const withCa = ca === undefined ? entry : { ...entry, ca }
  if (!clientCertificate || 'secret' in clientCertificate) return withCa
  const { certFile, keyFile } = clientCertificate
  const client = { cert: await read(certFile), key: await read(keyFile) }
  const mismatch = pairProblem(client)
  if (mismatch) throw new ConfigurationError(`the client certificate for ${prefix}: ${mismatch}`)
  return { ...withCa, client }
}
