// Checks: one HEAD tells whether a tag has moved, for all who watch it with the same credential.
import type { PullSecret } from '../core/image/pullSecrets.ts'
import type { Source } from '../core/schedule/source.ts'
import type { Checked } from '../core/schedule/verdict.ts'
import { Cache } from './cache.ts'
import { RegistryError } from './error.ts'
import { failureReason } from './reason.ts'
import { createKeyring, type Keyring } from './keyring.ts'
import type { Credential, ManifestHead, RegistryReader } from './reader.ts'
import { Shared } from './shared.ts'

/** What to ask, and for whom. */
export interface Check {
  source: Source
  /** Whose pull secrets may be used; not empty. */
  namespaces: readonly string[]
  /** What the registry told last time. */
  known?: ManifestHead | undefined
  signal: AbortSignal
}

/** What the registry said to some of the namespaces. */
export interface Outcome {
  namespaces: readonly string[]
  checked: Checked
  head?: ManifestHead
  /** Why it failed, for people. */
  message?: string
  /** Milliseconds that the registry asks to wait. */
  retryAfter?: number
}

/** Asks a registry. Rejects only when the signal aborts. */
export type Checker = (check: Check) => Promise<Outcome[]>

/** How checks reach registries. */
export interface CheckerOptions {
  reader: Pick<RegistryReader, 'head'>
  /** The pull secrets of a namespace, in the order in which they are tried. */
  secrets: (namespace: string) => Promise<readonly PullSecret[]>
  /** Milliseconds for one check. Default 30,000. */
  patience?: number
}

/**
 * Milliseconds that a check may take, tries and tokens included. Imports have more patience: a check holds a place of its host, and the
 * next one comes anyway.
 */
const PATIENCE = 30_000

/** Namespaces whose credentials are remembered, and for how many milliseconds: reading them costs the cluster two lists. */
const KEYRINGS = 1_000
const KEYRING_LIFE = 5 * 60_000

/** Creates a checker. Keep it: it remembers credentials. */
export function createChecker({ reader, secrets, patience = PATIENCE }: CheckerOptions): Checker {
  const keyrings = new Cache<Keyring>({ entries: KEYRINGS })
  const reading = new Shared<Keyring>()

  async function credentialOf(namespace: string, { named }: Source, signal: AbortSignal) {
    const kept = keyrings.get(namespace)
    const keyring =
      kept ??
      (await reading.run(namespace, signal, async () => {
        const read = createKeyring(await secrets(namespace))
        keyrings.set(namespace, read, KEYRING_LIFE)
        return read
      }))
    return keyring.find(named)
  }

  /** As the first of the namespaces. Says which others would have been told the same. */
  async function ask({ source, namespaces, known, signal }: Check): Promise<Outcome> {
    const [first = '', ...others] = namespaces
    let asked: { credential: Credential | undefined } | undefined
    const credential = async (): Promise<Credential | undefined> => {
      asked = { credential: await credentialOf(first, source, signal) }
      return asked.credential
    }
    const { host, repository: name, insecure, reference } = source
    const repository = { host, name, insecure, credential }
    const told = await within(patience, signal, (own) => reader.head(repository, reference, own, known)).then(
      good,
      (error: unknown) => {
        signal.throwIfAborted()
        return bad(error)
      },
    )
    if (told.checked.failure === 'Unauthorized') keyrings.delete(first)
    if (!asked) return { namespaces, ...told }
    const used = asked.credential
    const same = await Promise.all(
      others.map(async (namespace) => {
        // Who cannot be asked for is asked about alone, where that shows.
        const own = await credentialOf(namespace, source, signal).catch(() => NEVER)
        return own?.username === used?.username && own?.password === used?.password
      }),
    )
    return { namespaces: [first, ...others.filter((_, i) => same[i])], ...told }
  }

  return async (check) => {
    const outcomes: Outcome[] = []
    let rest = check.namespaces
    while (rest.length > 0) {
      const outcome = await ask({ ...check, namespaces: rest })
      outcomes.push(outcome)
      const told = new Set(outcome.namespaces)
      rest = rest.filter((namespace) => !told.has(namespace))
    }
    return outcomes
  }
}

/** Nobody's. */
const NEVER: Credential = { username: '\0', password: '\0' }

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
  const retryAfter = error instanceof RegistryError ? error.retryAfter : undefined
  const message = error instanceof Error ? error.message : 'unknown error'
  return { checked: { failure: failureReason(error) }, message, ...(retryAfter !== undefined && { retryAfter }) }
}
