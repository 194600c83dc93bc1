// Answers a registry's challenges: Basic, or Bearer with a token from the token server.
// https://distribution.github.io/distribution/spec/auth/token/
import { createHash } from 'node:crypto'
import type { Challenge } from '../core/oci/challenge.ts'
import type { Outbound } from '../http/outbound.ts'
import { answerError } from './answerError.ts'
import { Cache } from './cache.ts'
import { RegistryError } from './error.ts'
import { type Answer, exchange } from './exchange.ts'
import { failed, type Gate, HeldBack, openGate, type Told } from './gate.ts'
import type { Credential, Repository } from './reader.ts'
import { lifeOf } from './refusal.ts'
import { type RetryPolicy, retrying } from './retry.ts'
import { Shared } from './shared.ts'

/** How tokens are fetched. */
export interface AuthorizationOptions {
  outbound: Outbound
  retry: RetryPolicy
  /** Milliseconds for each attempt to get a token. */
  timeout: number
  /** Passed by what is asked of the registry itself. Default: everything passes. */
  gate?: Gate | undefined
}

/** Bytes of a token answer. */
const TOKEN_LIMIT = 64 * 1024
/** Tokens are kept for at least this long, in seconds: what token servers leave out, or set absurdly low. */
const SHORTEST_LIFE = 60
/** Longest, in seconds. */
const LONGEST_LIFE = 3600
/** Seconds before its end at which a token is no longer used. */
const MARGIN = 5
const TOKENS = 1000

/** Makes Authorization headers; keeps tokens until they expire. */
export class Authorization {
  readonly #options: AuthorizationOptions
  readonly #tokens = new Cache<string>({ entries: TOKENS })
  readonly #refusals = new Cache<RegistryError>({ entries: TOKENS })
  readonly #fetching = new Shared<string>()

  constructor(options: AuthorizationOptions) {
    this.#options = options
  }

  /**
   * The header for pulling from the repository; undefined where nothing is asked for. Of several challenges Basic wins, as in
   * Docker's client. Throws RegistryError ('no-credentials', 'token').
   */
  async header(
    challenges: readonly Challenge[],
    repository: Repository,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (challenges.some(({ scheme }) => scheme === 'basic')) return basic(await repository.credential?.())
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
    return bearer ? `Bearer ${await this.#token(bearer, await known(repository), signal)}` : undefined
  }

  /** Drops the token of this header, because the registry no longer takes it; not one that somebody else has got since. */
  async forget(challenges: readonly Challenge[], repository: Repository, header: string | undefined): Promise<void> {
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
    if (!bearer) return
    const asked = await known(repository)
    const key = keyOf(tokenUrl(bearer, asked), asked)
    if (header === `Bearer ${this.#tokens.get(key)}`) this.#tokens.delete(key)
  }

  async #token(challenge: Challenge, repository: KnownRepository, signal: AbortSignal): Promise<string> {
    const url = tokenUrl(challenge, repository)
    const key = keyOf(url, repository)
    const kept = this.#tokens.get(key)
    if (kept !== undefined) return kept
    // A check is tried less often than an import, which is not to fail with it. Checks are held back by the gate.
    const isCheck = repository.errand !== undefined
    const refusal = isCheck ? undefined : this.#refusals.get(key)
    if (refusal) throw refusal
    return this.#fetching.run(`${isCheck} ${key}`, signal, async (own) => {
      try {
        const { token, life } = await retrying(this.#options.retry, own, () => this.#fetch(url, repository, own))
        this.#tokens.set(key, token, (life - MARGIN) * 1000)
        return token
      } catch (error) {
        const refused = error instanceof RegistryError && error.isBusy && !(error instanceof HeldBack)
        if (refused && !isCheck) this.#refusals.set(key, error, lifeOf(error))
        throw error
      }
    })
  }

  async #fetch(url: URL, repository: KnownRepository, signal: AbortSignal): Promise<Token> {
    const { outbound, timeout, gate = openGate } = this.#options
    const credential = usable(repository.credential)
    const { host, name, errand, namespace } = repository
    const elsewhere = url.host !== URL.parse(`${url.protocol}//${host}`)?.host
    const passing = { host, repository: name, credential, errand, namespace, elsewhere }
    const passed = await gate({ ...passing, kind: 'other', session: true })
    let told: Told
    let answer: Answer
    try {
      told = answer = await exchange(outbound, {
        method: 'GET',
        url,
        headers: credential ? { authorization: basic(credential) } : {},
        limit: TOKEN_LIMIT,
        insecure: repository.insecure,
        timeout,
        signal,
      })
    } catch (error) {
      told = failed(error)
      throw error
    } finally {
      passed(told)
    }
    if (answer.status === 200) return parseToken(answer.body)
    const error = answerError(answer, new Date(), { check: errand !== undefined, session: true })
    const { temporary, retryAfter, denied } = error
    throw new RegistryError('token', error.message, { cause: error, temporary, retryAfter, denied })
  }
}

/** A repository with the credential that it was asked for. */
interface KnownRepository extends Omit<Repository, 'credential'> {
  credential: Credential | undefined
}

async function known(repository: Repository): Promise<KnownRepository> {
  return { ...repository, credential: await repository.credential?.() }
}

interface Token {
  token: string
  /** Seconds. */
  life: number
}

function parseToken(body: Buffer): Token {
  const answer = parseAnswer(body)
  const token = answer?.access_token || answer?.token
  // What cannot stand in a header would fail there, with the token in the error.
  if (typeof token !== 'string' || !/^[\u0021-\u007e]+$/.test(token)) {
    throw new RegistryError('token', 'authorization server did not include a token in the response')
  }
  const life = typeof answer?.expires_in === 'number' ? answer.expires_in : SHORTEST_LIFE
  return { token, life: Math.min(Math.max(life, SHORTEST_LIFE), LONGEST_LIFE) }
}

interface TokenAnswer {
  token?: unknown
  access_token?: unknown
  expires_in?: unknown
}

function parseAnswer(body: Buffer): TokenAnswer | null {
  try {
    return JSON.parse(body.toString('utf8')) as TokenAnswer | null
  } catch {
    // Not quoted: it may hold a token all the same.
    return null
  }
}

function tokenUrl({ parameters }: Challenge, repository: KnownRepository): URL {
  const url = URL.parse(parameters['realm'] ?? '')
  const allowed = repository.insecure ? ['https:', 'http:'] : ['https:']
  if (!url || !allowed.includes(url.protocol)) {
    throw new RegistryError('token', 'the realm of the registry is no URL that may be asked for a token')
  }
  url.username = ''
  url.password = ''
  const credential = usable(repository.credential)
  if (credential) url.searchParams.set('account', credential.username)
  url.searchParams.set('scope', `repository:${repository.name}:pull`)
  if (parameters['service']) url.searchParams.set('service', parameters['service'])
  return url
}

function basic(credential: Credential | undefined): string {
  const { username, password } = usable(credential) ?? noCredentials()
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Half a credential is none. */
function usable(credential: Credential | undefined): Credential | undefined {
  return credential?.username && credential.password ? credential : undefined
}

function noCredentials(): never {
  throw new RegistryError('no-credentials', 'no basic auth credentials', { denied: true })
}

/** A token belongs to who asked for it. The password stands in no key as such. */
function keyOf(url: URL, { credential, insecure }: KnownRepository): string {
  const who = createHash('sha256')
    .update(JSON.stringify([credential?.username, credential?.password]))
    .digest('hex')
  return `${insecure} ${who} ${url.href}`
}
