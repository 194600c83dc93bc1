// Authenticated requests to repositories, with what hosts have told kept between requests.
import type { Challenge } from '../core/oci/challenge.ts'
import type { Outbound } from '../http/outbound.ts'
import { answerError } from './answerError.ts'
import { Authorization } from './authorization.ts'
import { Cache } from './cache.ts'
import { challengesOf, type Endpoint, ping } from './endpoint.ts'
import type { Errand } from './errand.ts'
import { RegistryError } from './error.ts'
import { type Answer, exchange, NOT_MODIFIED } from './exchange.ts'
import { failed, type Gate, HeldBack, openGate, type Passed, type Passing, type Told } from './gate.ts'
import type { Repository } from './reader.ts'
import { lifeOf } from './refusal.ts'
import { type RetryPolicy, retrying } from './retry.ts'
import { Shared } from './shared.ts'
import { requestText } from './transportError.ts'

/** Milliseconds for one attempt of each kind of request. */
export interface Timeouts {
  ping: number
  token: number
  request: number
}

/** How long a session waits, and how often it tries. */
export interface SessionOptions {
  outbound: Outbound
  retry: RetryPolicy
  timeouts: Timeouts
  /** Default: everything passes. */
  gate?: Gate | undefined
}

/** A request below `/v2/`. */
export interface RepositoryRequest {
  method?: 'GET' | 'HEAD'
  /** With query, from the root of the host; or an absolute URL of the same host. */
  path: string
  accept: string
  /** The answer is only wanted when the entity tag is another one by now; 304 otherwise. */
  unless?: string | undefined
  limit: number
  signal: AbortSignal
}

/** Hosts whose answer to a ping is kept. */
const ENDPOINTS = 500
/** For how many milliseconds: pings count against rates, too, and what changes shows by itself. But nobody is to stay with HTTP for long. */
const ENDPOINT_LIFE = { https: 6 * 3_600_000, http: 5 * 60_000 }

/** Repositories of which it is remembered what they ask of whom their registry has greeted; for how many milliseconds. */
const CLOSED = 2_000
const CLOSED_LIFE = 60 * 60_000

/** What came of a ping. A refusal is one of the budget that it was counted by, which is that of nobody in particular. */
type Pinged = Endpoint | { failure: RegistryError; account?: string | undefined }

/** Requests for one repository: finds the registry's endpoint, answers its challenges, tries again. */
export class Session {
  readonly #options: SessionOptions
  readonly #gate: Gate
  readonly #authorization: Authorization
  readonly #endpoints = new Cache<Endpoint | RegistryError>({ entries: ENDPOINTS })
  /** What repositories ask of registries that greet everybody. */
  readonly #closed = new Cache<readonly Challenge[]>({ entries: CLOSED })
  readonly #pinging = new Shared<Pinged>()

  constructor(options: SessionOptions) {
    this.#options = options
    this.#gate = options.gate ?? openGate
    this.#authorization = new Authorization({ ...options, timeout: options.timeouts.token })
  }

  /** The answer, always a 2xx (or 304 where that was asked for). Throws RegistryError. */
  async get(repository: Repository, request: RepositoryRequest): Promise<Answer> {
    return await retrying(this.#options.retry, request.signal, async () => {
      const endpoint = await this.#endpoint(repository, request.signal)
      const answer = await this.#authenticated(endpoint, repository, request).catch((error: unknown) => {
        // It may be another server by now, which speaks TLS or no longer does: the next attempt pings it.
        if (error instanceof RegistryError && error.problem === 'transport') this.#endpoints.delete(keyOf(repository))
        throw error
      })
      if (answer.status >= 200 && answer.status < 300) return answer
      if (answer.status === NOT_MODIFIED && request.unless !== undefined) return answer
      const check = repository.errand !== undefined
      throw answerError(answer, new Date(), { head: request.method === 'HEAD', check })
    })
  }

  /** Whether the registry wants to be told who asks before anything else. Throws RegistryError. */
  async wantsToKnow(repository: Repository, signal: AbortSignal): Promise<boolean> {
    const endpoint = await retrying(this.#options.retry, signal, () => this.#endpoint(repository, signal))
    return endpoint.challenges.length > 0 || this.#closed.get(placeOf(repository)) !== undefined
  }

  /** Some registries greet everybody, and ask only where a repository is not for everybody. Who is nobody asks whether it still is not. */
  async #challenges({ challenges }: Endpoint, repository: Repository): Promise<readonly Challenge[]> {
    const closed = challenges.length > 0 ? undefined : this.#closed.get(placeOf(repository))
    return closed && (await repository.credential?.()) ? closed : challenges
  }

  /** Sends with what the ping asked for; once more if the registry then asks for something else, or for a newer token. */
  async #authenticated(endpoint: Endpoint, repository: Repository, request: RepositoryRequest): Promise<Answer> {
    const before = await this.#challenges(endpoint, repository)
    const first = await this.#send(endpoint, before, repository, request)
    if (first.answer.status !== 401) return first.answer
    const own = first.answer.url.origin === endpoint.origin
    const asked = challengesOf(first.answer, endpoint.origin)
    if (own && asked.length > 0 && endpoint.challenges.length === 0)
      this.#closed.set(placeOf(repository), asked, CLOSED_LIFE)
    // Some only say that the token has expired, and not again where to get one.
    const challenges = asked.length > 0 || !own ? asked : before
    if (challenges.length === 0) return first.answer
    await this.#authorization.forget(challenges, repository, first.authorization)
    const second = await this.#header(endpoint, challenges, repository, request)
    if (second === first.authorization) return first.answer
    return (await this.#send(endpoint, challenges, repository, request)).answer
  }

  async #send(
    endpoint: Endpoint,
    challenges: readonly Challenge[],
    repository: Repository,
    request: RepositoryRequest,
  ): Promise<{ answer: Answer; authorization: string | undefined }> {
    // Before a token is asked for, which would be for nothing.
    const passing = await passingOf(repository, request, challenges)
    const passed = await this.#gate(passing)
    const further: Passed[] = []
    let told: Told = 'unsent'
    try {
      const authorization = await this.#header(endpoint, challenges, repository, request)
      const redirected = async (url: URL): Promise<void> => {
        if (url.origin === endpoint.origin) further.push(await this.#gate({ ...passing, kind: 'other' }))
      }
      const answer = await this.#exchange(endpoint, authorization, repository, request, redirected).catch(
        (error: unknown) => {
          told = failed(error)
          throw error
        },
      )
      told = answer
      return { answer, authorization }
    } finally {
      passed(told)
      for (const each of further) each()
    }
  }

  #exchange(
    endpoint: Endpoint,
    authorization: string | undefined,
    repository: Repository,
    request: RepositoryRequest,
    redirected: (url: URL) => void | Promise<void>,
  ): Promise<Answer> {
    return exchange(this.#options.outbound, {
      method: request.method ?? 'GET',
      url: new URL(request.path, endpoint.origin),
      headers: {
        accept: request.accept,
        ...(request.unless !== undefined && { 'if-none-match': request.unless }),
        ...(authorization !== undefined && { authorization }),
      },
      limit: request.limit,
      insecure: repository.insecure,
      timeout: this.#options.timeouts.request,
      signal: request.signal,
      redirected,
    })
  }

  /** Failures to authenticate name the request that they stood in the way of. */
  async #header(
    endpoint: Endpoint,
    challenges: readonly Challenge[],
    repository: Repository,
    { path, method = 'GET', signal }: RepositoryRequest,
  ): Promise<string | undefined> {
    try {
      return await this.#authorization.header(challenges, repository, signal)
    } catch (error) {
      if (!(error instanceof RegistryError) || error instanceof HeldBack) throw error
      const message = requestText(method, new URL(path, endpoint.origin), error.message)
      // The token server was asked often enough: `temporary` is not passed on.
      throw new RegistryError(error.problem, message, { cause: error, denied: error.denied })
    }
  }

  async #endpoint(repository: Repository, signal: AbortSignal): Promise<Endpoint> {
    const { errand } = repository
    const key = keyOf(repository)
    const kept = this.#endpoints.get(key)
    // Of a registry that wants to be left alone checks are held back by the gate: there they find their line.
    if (kept instanceof RegistryError && !(errand && kept.isBusy)) throw kept
    if (kept && !(kept instanceof RegistryError)) return kept
    // A check is tried less often than an import, which is not to fail with it.
    const pinged = await this.#pinging.run(`${errand !== undefined} ${key}`, signal, (own) =>
      this.#ping(repository, key, own),
    )
    if (!('failure' in pinged)) return pinged
    if (errand && pinged.account !== undefined) errand.account = pinged.account
    throw pinged.failure
  }

  async #ping({ host, insecure, errand }: Repository, key: string, signal: AbortSignal): Promise<Pinged> {
    const { outbound, retry, timeouts } = this.#options
    const check = errand !== undefined
    // It needs no turn: one ping serves all checks of six hours.
    const own: Errand | undefined = errand && { urgent: true }
    try {
      const endpoint = await retrying(retry, signal, async () => {
        const passed = await this.#gate({ host, repository: '', kind: 'other', session: true, errand: own })
        let told: Told
        const answered = (answer: Answer) => void (told = answer)
        const options = { outbound, host, insecure, timeout: timeouts.ping, signal, check, answered }
        return await ping(options)
          .catch((error: unknown) => {
            told ??= failed(error)
            throw error
          })
          .finally(() => passed(told))
      })
      this.#endpoints.set(key, endpoint, ENDPOINT_LIFE[endpoint.origin.startsWith('https:') ? 'https' : 'http'])
      return endpoint
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error
      const account = error.isBusy ? own?.account : undefined
      // What was never asked says nothing of the host.
      if (error instanceof HeldBack) return { failure: error, account }
      const { problem, message, retryAfter, errors } = error
      const failure = new RegistryError(problem, message, { cause: error, retryAfter, errors })
      if (!(check && error.isBusy)) this.#endpoints.set(key, failure, lifeOf(failure))
      return { failure, account }
    }
  }
}

async function passingOf(
  { host, name, credential, errand, namespace }: Repository,
  { method, path }: RepositoryRequest,
  challenges: readonly Challenge[],
): Promise<Passing> {
  const ofManifest = path.includes('/manifests/')
  const kind = !ofManifest ? 'other' : method === 'HEAD' ? 'head' : 'pull'
  const shown = challenges.length > 0 ? await credential?.() : undefined
  return { host, repository: name, credential: shown, kind, errand, namespace }
}

const placeOf = ({ host, insecure, name }: Repository) => `${insecure} ${host}/${name}`
const keyOf = ({ host, insecure }: Repository) => `${insecure} ${host}`
