// Checks: one HEAD tells whether a tag has moved, one list which tags there are, for all who watch that with the same credential.
import type { PullSecret } from '../core/image/pullSecrets.ts'
import type { Delay } from '../core/registries/delay.ts'
import { exact, type Reference } from '../core/oci/reference.ts'
import { ALL_TAGS, type Source } from '../core/schedule/source.ts'
import type { Checked } from '../core/schedule/verdict.ts'
import { Alike, createFingerprint } from './alike.ts'
import { Cache } from './cache.ts'
import { candidates } from './credentials.ts'
import type { Errand } from './errand.ts'
import { RegistryError } from './error.ts'
import { HeldBack } from './gate.ts'
import { failureReason } from './reason.ts'
import { createKeyring, type Keyring } from './keyring.ts'
import { BACKGROUND, type HostLimiters, Limiter } from './limiter.ts'
import type { ManifestHead, RegistryReader, Repository } from './reader.ts'
import { Shared } from './shared.ts'
import { NONE_SHARED, type SharedCredentials } from './sharedCredentials.ts'

/** What to ask, and for whom. */
export interface Check {
  source: Source
  /** Whose pull secrets may be used; not empty. */
  namespaces: readonly string[]
  /** What the registry told last time. */
  known?: ManifestHead | undefined
  /** What goes along where checks give way to imports; without it, it is asked for as urgently as for an import. */
  errand?: Errand | undefined
  signal: AbortSignal
}

/** What the registry said to some of the namespaces. */
export interface Outcome {
  namespaces: readonly string[]
  checked: Checked
  head?: ManifestHead
  /** Why it failed, for people. */
  message?: string
  /** Budget that it was counted by, or kept back by. */
  account?: string
  /** It was not asked: why, and for how long. */
  delay?: Delay
}

/** Asks a registry. Rejects only when the signal aborts. */
export type Checker = (check: Check) => Promise<Outcome[]>

/** How checks reach registries. */
export interface CheckerOptions {
  reader: RegistryReader
  /** The pull secrets of a namespace, in the order in which they are tried. */
  secrets: (namespace: string) => Promise<readonly PullSecret[]>
  /** Credentials of the whole installation. Default: there are none. */
  shared?: SharedCredentials
  /** Told of pull secrets that make no sense, and what is wrong, without their content. */
  problem?: (secret: PullSecret, message: string) => void
  /** Milliseconds since some start; for tests. */
  clock?: () => number
  /** Turns at hosts, shared with imports. Default: none are taken. */
  hosts?: HostLimiters
  /** Milliseconds for one check, from its turn on; lists of tags have four times as many. Default CHECK_PATIENCE. */
  patience?: (source: Source) => number
}

/**
 * Milliseconds that a check may take, tries and tokens included. Imports have more patience: a check holds a place of its host, and the
 * next one comes anyway.
 */
export const CHECK_PATIENCE = 30_000
/** Lists of tags come in pages, and may take so many times as long. */
const LISTS = 4

/** Namespaces whose credentials are remembered: all that follow one reference, as each check of it wants to know them. */
const KEYRINGS = 10_000
/** Characters of their secrets together; what a namespace is remembered by weighs some, too. */
const KEYRINGS_WEIGHT = 32 * 1024 * 1024
const KEYRING_WEIGHT = 512
/** Milliseconds for which they are, reading them costs the cluster two lists; up to a quarter less, so that those that were read at once are not again. */
const KEYRING_LIFE = 5 * 60_000
const KEYRING_SPREAD = 0.25
/** Namespaces whose secrets are read at once: one reference may be followed by thousands. Half of them for one reference. */
const READING = { total: 8, each: 4 }
/** When a registry takes none of them they are read again, unless they are younger than so many milliseconds. */
const KEYRING_YOUTH = 60_000

/** Creates a checker. Keep it: it remembers credentials. */
export function createChecker({
  reader,
  secrets,
  shared = NONE_SHARED,
  clock,
  hosts,
  patience = () => CHECK_PATIENCE,
  ...options
}: CheckerOptions): Checker {
  const keyrings = new Cache<Remembered>({
    entries: KEYRINGS,
    weight: KEYRINGS_WEIGHT,
    weigh: ({ weight }) => weight,
    ...(clock && { clock }),
  })
  const now = clock ?? (() => performance.now())
  const reading = new Shared<Keyring>()
  const readers = new Limiter(READING)
  const fingerprint = createFingerprint()

  async function keyringOf(namespace: string, source: Source, oldest: number, signal: AbortSignal): Promise<Keyring> {
    const kept = keyrings.get(namespace)
    if (kept && now() - kept.read <= oldest) return kept.keyring
    return await reading.run(namespace, signal, async () => {
      const read = await readers.run(source.key, undefined, () => secrets(namespace))
      const keyring = createKeyring(read, options.problem)
      const life = KEYRING_LIFE * (1 - KEYRING_SPREAD * Math.random())
      keyrings.set(namespace, { keyring, read: now(), weight: weightOf(read) }, life)
      return keyring
    })
  }

  /** As one of the namespaces. `asked`: takes what the registry wanted to be told by whom. */
  async function ask(
    { source, known, errand, signal }: Check,
    namespace: string,
    asked: Map<string, Asked>,
  ): Promise<Told> {
    const own = errand && { ...errand }
    const find: Repository['candidates'] = async (refused, elsewhere) => {
      const reference = elsewhere ?? source.named
      const subject = exact(reference)
      // How mirrors are reached the administrator has said.
      const query = { reference, insecure: !elsewhere && source.insecure, refused }
      const oldest = asked.has(subject) ? KEYRING_YOUTH : KEYRING_LIFE
      asked.set(subject, { reference })
      const keyring = await keyringOf(namespace, source, oldest, signal)
      asked.set(subject, { reference, keyring })
      return await candidates(keyring, query, shared)
    }
    const { host, repository: name, insecure, reference } = source
    const repository = { host, name, insecure, candidates: find, errand: own }
    const isList = reference === ALL_TAGS
    const request = (signal: AbortSignal): Promise<Told> =>
      isList
        ? reader.tags(repository, signal).then((tags): Told => ({ checked: { tags } }))
        : reader.head(repository, reference, signal, known).then(good)
    const answer = (): Promise<Told> => within(patience(source) * (isList ? LISTS : 1), signal, request)
    return await (hosts ? hosts.run(host, BACKGROUND, signal, answer) : answer())
      .catch((error: unknown) => {
        signal.throwIfAborted()
        return bad(error)
      })
      .then((told): Told => ({ ...told, ...(own?.account !== undefined && { account: own.account }) }))
  }

  return async (check) => {
    const { source, signal } = check
    const references = new Map<string, Reference>()
    const alike = new Alike(check.namespaces, async (namespace, subject) => {
      const keyring = await keyringOf(namespace, source, KEYRING_LIFE, signal)
      return fingerprint(keyring.find(references.get(subject)!))
    })
    const printsOf = (asked: ReadonlyMap<string, Asked>): Map<string, string> => {
      const prints = new Map<string, string>()
      for (const [subject, { reference, keyring }] of asked) {
        references.set(subject, reference)
        // Whose secrets cannot be read is like nobody.
        prints.set(subject, keyring ? fingerprint(keyring.find(reference)) : '')
      }
      return prints
    }
    const outcomes: Outcome[] = []
    for (let first = alike.next(); first !== undefined; first = alike.next()) {
      // More than one where there are mirrors.
      const asked = new Map<string, Asked>()
      const told = await ask(check, first, asked)
      outcomes.push({ namespaces: [first, ...(alike.isEmpty ? [] : await alike.take(printsOf(asked)))], ...told })
    }
    return outcomes
  }
}

/** For what, and as whom, a registry was told who asks. The credentials of the installation are the same for all. */
interface Asked {
  reference: Reference
  keyring?: Keyring
}

interface Remembered {
  keyring: Keyring
  /** When, in the milliseconds of the clock. */
  read: number
  weight: number
}

/** Characters: a keyring holds what its secrets hold, or less. */
function weightOf(secrets: readonly PullSecret[]): number {
  const values = secrets.flatMap(({ data }) => Object.values(data))
  return values.reduce((sum, { length }) => sum + length, KEYRING_WEIGHT)
}

type Told = Omit<Outcome, 'namespaces'>

function good(head: ManifestHead | undefined): Told {
  return head ? { checked: { digest: head.digest }, head } : { checked: {} }
}

/** Does something for so many milliseconds at most. Leaves nothing behind at the signal, which lives as long as the process does. */
async function within<T>(patience: number, signal: AbortSignal, ask: (own: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController()
  const end = (): void => own.abort(signal.reason)
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  const message = `the registry has not told within ${patience / 1000} seconds whether the tag has moved`
  const timer = setTimeout(() => own.abort(new RegistryError('timeout', message)), patience)
  try {
    return await ask(own.signal)
  } catch (error) {
    throw own.signal.aborted ? own.signal.reason : error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

function bad(error: unknown): Told {
  const message = error instanceof Error ? error.message : 'unknown error'
  return {
    checked: { failure: failureReason(error) },
    message,
    ...(error instanceof HeldBack && { delay: error.delay }),
  }
}
