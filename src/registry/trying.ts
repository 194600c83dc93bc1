// Asks as one user after the other until the registry lets one in, and as nobody in the end: what is public stays public.
import { createHash } from 'node:crypto'
import { Cache } from './cache.ts'
import { RegistryError } from './error.ts'
import type { Candidates, Credential, RegistryReader, Repository } from './reader.ts'

/** Credentials that are tried for one request: some registries lock out who is wrong too often. */
const MOST = 8
/** Repositories of which it is remembered who was let in, and for how many milliseconds. */
const REMEMBERED = 5_000
const REMEMBERED_LIFE = 60 * 60_000

/** A reader that takes repositories with `candidates`. Keep it: it begins with whoever was let in last time. */
export function trying(reader: RegistryReader): RegistryReader {
  const admitted = new Cache<number>({ entries: REMEMBERED })

  async function inTurn<V>(repository: Repository, ask: (as: Repository) => Promise<V>): Promise<V> {
    const { candidates, ...place } = repository
    if (!candidates) return await ask(repository)
    const turn = new Turn(place, candidates, admitted)
    for (;;) {
      try {
        const answer = await ask({ ...place, credential: () => turn.credential() })
        turn.admit()
        return answer
      } catch (error) {
        if (!(error instanceof RegistryError && error.denied)) throw error
        turn.refuse(error)
        if (!(await turn.next())) throw turn.failure(error)
      }
    }
  }

  return {
    manifest: (repository, reference, signal) => inTurn(repository, (as) => reader.manifest(as, reference, signal)),
    head: (repository, reference, signal, known) =>
      inTurn(repository, (as) => reader.head(as, reference, signal, known)),
    blob: (repository, digest, signal) => inTurn(repository, (as) => reader.blob(as, digest, signal)),
    blobSize: (repository, digest, signal) => inTurn(repository, (as) => reader.blobSize(as, digest, signal)),
    tags: (repository, signal) => inTurn(repository, (as) => reader.tags(as, signal)),
  }
}

/** One request, and who has asked so far. Each is asked as once at most; where all are refused, the first refusal is told. */
class Turn {
  readonly #place: Repository
  readonly #source: NonNullable<Repository['candidates']>
  readonly #admitted: Cache<number>
  readonly #tried = new Set<string>()
  readonly #refused: Credential[] = []
  #candidates: Promise<Candidates> | undefined
  #usable: readonly Credential[] = []
  #problem: string | undefined
  #renewed = false
  /** Who asks; undefined: nobody. */
  #current: Credential | undefined
  #chosen = false
  #refusal: RegistryError | undefined

  constructor(place: Repository, source: NonNullable<Repository['candidates']>, admitted: Cache<number>) {
    this.#place = place
    this.#source = source
    this.#admitted = admitted
  }

  /** Of this attempt: asked for when the registry wants to know, and the same however often. */
  async credential(): Promise<Credential | undefined> {
    if (!this.#chosen) {
      this.#candidates ??= this.#source([])
      this.#take(await this.#candidates)
      this.#current = this.#usable[this.#admitted.get(this.#key()) ?? 0]
      this.#chosen = true
    }
    return this.#current
  }

  /** Remembers who was let in. */
  admit(): void {
    if (!this.#chosen || this.#usable.length === 0) return
    const name = nameOf(this.#current)
    const place = this.#current ? this.#usable.findIndex((each) => nameOf(each) === name) : this.#usable.length
    // The first needs no memory.
    if (place > 0) this.#admitted.set(this.#key(), place, REMEMBERED_LIFE)
    else this.#admitted.delete(this.#key())
  }

  refuse(error: RegistryError): void {
    this.#refusal ??= error
    if (!this.#chosen) return
    this.#tried.add(nameOf(this.#current))
    if (this.#current) this.#refused.push(this.#current)
  }

  /** Chooses who asks next; false where nobody is left. */
  async next(): Promise<boolean> {
    // Whom a registry refuses before it wants to know who asks, it refuses as anybody.
    if (!this.#chosen) return false
    let next = this.#untried()
    if (!next && !this.#renewed) {
      this.#renewed = true
      this.#take(await this.#source(this.#refused))
      next = this.#untried()
    }
    if (!next && this.#tried.has(nameOf(undefined))) return false
    this.#current = next
    return true
  }

  failure(last: RegistryError): RegistryError {
    const refusal = this.#refusal ?? last
    if (!this.#problem) return refusal
    return new RegistryError('helper', `${refusal.message}; ${this.#problem}`, { cause: refusal, denied: true })
  }

  #untried(): Credential | undefined {
    return this.#tried.size < MOST ? this.#usable.find((each) => !this.#tried.has(nameOf(each))) : undefined
  }

  #take({ credentials, problem }: Candidates): void {
    // Half a credential is none.
    const whole = credentials.filter(({ username, password }) => username !== '' && password !== '')
    this.#usable = [...new Map(whole.map((each) => [nameOf(each), each])).values()].slice(0, MOST)
    this.#problem = problem
  }

  /** The repository, and who may ask for it; no password stands in it as such. */
  #key(): string {
    const { insecure, host, name } = this.#place
    const who = createHash('sha256')
      .update(JSON.stringify(this.#usable.map(nameOf)))
      .digest('base64')
    return `${insecure} ${host}/${name} ${who}`
  }
}

const nameOf = (credential: Credential | undefined): string =>
  credential ? JSON.stringify([credential.username, credential.password]) : ''
