// A reader that asks the mirrors of a repository, and then the registry itself.
import type { Log } from '../core/machinery/log.ts'
import { type MirrorSource, sourcesOf } from '../core/registries/mirrors.ts'
import type { Registries } from '../core/registries/prefix.ts'
import { RegistryError, type RegistryProblem } from './error.ts'
import type { RegistryReader, Repository } from './reader.ts'

/** See above. */
export interface MirroredOptions {
  /** Reads registries. */
  reader: RegistryReader
  /** Reads mirrors: without trying again, which is what the next one is for. */
  mirrors: RegistryReader
  /** Asked for each request. */
  registries: () => Registries
  log: Pick<Log, 'warn' | 'info'>
  /** Milliseconds since some start; for tests. */
  clock?: () => number
}

/** Milliseconds that a mirror is left out after a failure which is not about what it was asked for. */
const REST = 30_000

/** What says that a mirror as a whole does not work. */
const OUTAGES: ReadonlySet<RegistryProblem> = new Set(['transport', 'timeout', 'not-v2', 'status', 'redirect'])

/**
 * A mirror that does not have something, or fails, is no reason to fail: the next one is asked. Lists of tags come from the registry
 * itself where it can be asked, for many mirrors only know what they have been asked for.
 */
export function mirrored(options: MirroredOptions): RegistryReader {
  const { reader, registries } = options
  const rests = new Rests(options)

  /** The mirrors of a repository that are worth a try, and the registry itself. */
  function candidates(repository: Repository): Candidate[] {
    const { mirrors, only } = sourcesOf(registries(), repository.host, repository.name)
    const own = { reader, repository }
    if (mirrors.length === 0) return [own]
    const awake = mirrors.filter((mirror) => !rests.isResting(mirror))
    const asked = (only && awake.length === 0 ? mirrors : awake).map((mirror): Candidate => ({
      reader: options.mirrors,
      repository: inMirror(mirror, repository),
      mirror,
    }))
    return only ? asked : [...asked, own]
  }

  /** The first answer; `undefined` counts as none while there is somebody else to ask. */
  async function first<V>(list: readonly Candidate[], signal: AbortSignal, ask: Ask<V>): Promise<V> {
    const failures: unknown[] = []
    let answer: { value: V } | undefined
    for (const candidate of list) {
      try {
        const value = await ask(candidate.reader, candidate.repository)
        if (candidate.mirror) rests.works(candidate.mirror)
        answer = { value }
        if (value !== undefined) return value
      } catch (error) {
        signal.throwIfAborted()
        failures.push(error)
        if (candidate.mirror) rests.failed(candidate.mirror, error)
        // What the registry itself says counts, whatever mirrors have said before.
        else throw error
      }
    }
    if (answer) return answer.value
    throw tellingOf(failures)
  }

  /** An entity tag means something to the server that gave it alone. */
  const isShared = (list: readonly Candidate[]) => list.length > 1

  return {
    manifest: (repository, reference, signal) =>
      first(candidates(repository), signal, (from, at) => from.manifest(at, reference, signal)),
    head(repository, reference, signal, known) {
      const list = candidates(repository)
      const same = known && isShared(list) ? { digest: known.digest, mediaType: known.mediaType } : known
      return first(list, signal, (from, at) => from.head(at, reference, signal, same))
    },
    blob: (repository, digest, signal) =>
      first(candidates(repository), signal, (from, at) => from.blob(at, digest, signal)),
    blobSize: (repository, digest, signal) =>
      first(candidates(repository), signal, (from, at) => from.blobSize(at, digest, signal)),
    async tags(repository, signal) {
      const list = candidates(repository)
      const own = list.filter(({ mirror }) => !mirror)
      const mirrors = list.filter(({ mirror }) => mirror)
      const ask: Ask<string[]> = (from, at) => from.tags(at, signal)
      if (own.length === 0) return await first(mirrors, signal, ask)
      try {
        return await first(own, signal, ask)
      } catch (error) {
        signal.throwIfAborted()
        return await first(mirrors, signal, ask).catch(() => {
          signal.throwIfAborted()
          throw error
        })
      }
    },
  }
}

type Ask<V> = (reader: RegistryReader, repository: Repository) => Promise<V>

interface Candidate {
  reader: RegistryReader
  repository: Repository
  mirror?: MirrorSource
}

/** The credential is looked up for where the mirror is: that of the registry is not shown to it. */
function inMirror({ host, name, insecure, reference }: MirrorSource, asked: Repository): Repository {
  const { candidates, errand, namespace } = asked
  return {
    host,
    name,
    insecure,
    errand,
    namespace,
    ...(candidates && { candidates: (refused) => candidates(refused, reference) }),
  }
}

/** Of failures of mirrors, where nothing else counts: one that says more than that it has not got it. */
function tellingOf(failures: readonly unknown[]): unknown {
  const isUnknown = (error: unknown) =>
    error instanceof RegistryError && (error.has('MANIFEST_UNKNOWN') || error.has('NAME_UNKNOWN'))
  return failures.find((error) => !isUnknown(error)) ?? failures[0]
}

/** Mirrors that do not work at the moment, by host. */
class Rests {
  readonly #options: MirroredOptions
  readonly #until = new Map<string, number>()

  constructor(options: MirroredOptions) {
    this.#options = options
  }

  isResting({ host }: MirrorSource): boolean {
    return (this.#until.get(host) ?? 0) > this.#now()
  }

  works({ host }: MirrorSource): void {
    if (this.#until.delete(host)) this.#options.log.info({ mirror: host }, 'a mirror of a registry works again')
  }

  failed({ host }: MirrorSource, error: unknown): void {
    if (!(error instanceof RegistryError)) return
    const refuses = error.isBusy
    if (!refuses && !OUTAGES.has(error.problem)) return
    const { log } = this.#options
    // Once for each outage, not for each try.
    if (!this.#until.has(host)) log.warn({ mirror: host, problem: error.message }, 'a mirror of a registry is left out')
    this.#until.set(host, this.#now() + Math.max(REST, refuses ? (error.retryAfter ?? 0) : 0))
  }

  #now(): number {
    return this.#options.clock?.() ?? performance.now()
  }
}
