// POST /hooks/RECEIVER: registries tell of pushes. They are no users of the API; each has a secret of its own instead.
//
// A delivery is a hint. It may have what is tracked already looked at, and nothing else, so that whoever knows a secret can cause
// no more than a few requests that would be made anyway; and one that gets lost is only a delay.
import { readBody } from '../../apiserver/body.ts'
import { Deliveries, REMEMBERED } from '../../core/hooks/deliveries.ts'
import { proofOf, type Proof } from '../../core/hooks/proof.ts'
import { HookError, type PushEvent } from '../../core/hooks/pushEvent.ts'
import { parseHookPath, type HookPath, type Receiver } from '../../core/hooks/receiver.ts'
import { readDelivery } from '../../core/hooks/senders.ts'
import { hash } from '../../core/machinery/hash.ts'
import type { Log } from '../../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../../core/machinery/metrics.ts'
import { ApiError, badRequest, unauthorized } from '../../core/machinery/status.ts'
import type { Reply, Request } from '../../http/handler.ts'
import { DELIVERED, Limits } from './limits.ts'
import { HookMeter, type Outcome } from './measure.ts'
import { checkType, parsePayload } from './payload.ts'
import { Room } from './room.ts'

/** Bytes of a delivery. The largest tell of the description of a repository, too: some ten thousand. */
const MAX_DELIVERY = 1024 * 1024

/** Where senders put the number of a delivery that is no CloudEvent. */
const NUMBERS = ['x-github-delivery', 'x-nexus-webhook-delivery']
/** Names of a delivery: its number, and its bytes. */
const NAMES = 2
/** Names that are remembered of a receiver: of all that it may be told in that time, some 6 MB. */
const REMEMBERED_NAMES = NAMES * (DELIVERED.burst + (DELIVERED.perSecond * REMEMBERED) / 1000)

/** What answers deliveries, and who is told. */
export interface HookOptions {
  /** The receiver of this name, if there is one. */
  receivers: (name: string) => Receiver | undefined
  /** Has what is tracked of these looked at now; gives the number of references that will be. */
  changed: (pushes: readonly PushEvent[]) => number | Promise<number>
  log: Log
  metrics?: Metrics
  /** Milliseconds, of a clock that does not go back. */
  now?: () => number
}

/** Answers deliveries; undefined for paths that are none of its. */
export function hooks(options: HookOptions): (request: Request) => Promise<Reply> | undefined {
  const { log, metrics = unmeasured, now = () => performance.now() } = options
  const desk = new Desk({ ...options, now })
  const meter = new HookMeter(metrics)
  return (request) => {
    const path = parseHookPath(request.path)
    return path && answer(path, request)
  }

  async function answer(path: HookPath, request: Request): Promise<Reply> {
    const receiver = options.receivers(path.name)
    const name = receiver?.name ?? ''
    try {
      if (!receiver) throw new ApiError(404, 'NotFound', 'there is no such receiver', {})
      const { outcome, recognised, tracked } = await desk.take(receiver, path, request)
      meter.delivered(name, outcome)
      meter.checked(name, tracked)
      return reply(202, { recognised, tracked, ...(outcome === 'repeated' && { repeated: true }) })
    } catch (error) {
      const known = knownError(error)
      meter.delivered(name, known ? outcomeOf(known) : 'failed')
      if (known) return refusal(known)
      log.error({ err: error, receiver: name }, 'delivery failed')
      return reply(500, { message: 'the delivery failed; the log of the server says why' })
    }
  }
}

/** What becomes of a delivery. */
interface Taken {
  outcome: Outcome
  /** References that it tells of, and those of them that are tracked. */
  recognised: number
  tracked: number
}

class Desk {
  readonly #options: HookOptions
  readonly #now: () => number
  readonly #limits: Limits
  readonly #seen = new Deliveries(REMEMBERED_NAMES)
  /** Bodies of those that have shown the secret, and of those who may be anybody: these take nothing away from the others. */
  readonly #known: Room
  readonly #unknown: Room

  constructor(options: HookOptions & { now: () => number }) {
    this.#options = options
    this.#now = options.now
    this.#limits = new Limits(options.now)
    this.#known = new Room(options.now)
    this.#unknown = new Room(options.now)
  }

  /** Errors: ApiError, HookError. */
  async take(receiver: Receiver, path: HookPath, request: Request): Promise<Taken> {
    if (request.method !== 'POST') throw new ApiError(405, 'MethodNotAllowed', 'deliveries are posted')
    checkType(request)
    const header = (name: string): string | undefined => request.values(name).join(',') || undefined
    const shown = { header, secret: path.secret }
    const proof = proofOf(receiver, shown)
    const signed = proof === 'signed'
    if (!signed) this.#admit(receiver, proof)
    const room = signed ? this.#unknown : this.#known
    const raw = await room.read((reading) => readBody(request, MAX_DELIVERY, reading))
    if (signed) this.#admit(receiver, proofOf(receiver, { ...shown, raw }))
    const body = parsePayload(request, raw)
    const { pushes, marked, identity } = readDelivery(receiver.sender, { header, body })
    const recognised = pushes.reduce((sum, { tags }) => sum + Math.max(1, tags.length), 0)
    const number = identity ?? NUMBERS.map(header).find((each) => each !== undefined)
    const names = number === undefined ? [] : [nameOf(number)]
    // Who only has a recording can send what was signed again; who has the secret itself would send something new.
    if (marked || signed) names.push(nameOf(raw))
    if (this.#seen.knows(receiver.name, names, this.#now())) return { outcome: 'repeated', recognised, tracked: 0 }
    const tracked = await this.#tell(receiver, pushes)
    this.#seen.remember(receiver.name, names, this.#now())
    return { outcome: recognised > 0 ? 'accepted' : 'ignored', recognised, tracked }
  }

  /** Lets a delivery in that shows the secret, if there are not too many. */
  #admit(receiver: Receiver, proof: Proof): void {
    const wait = this.#limits.take(proof === 'right' ? 'delivered' : 'refused', receiver.name)
    if (wait > 0) throw tooMany(wait)
    if (proof === 'right') return
    const { name, sender } = receiver
    this.#options.log.warn(
      { receiver: name, sender, secret: proof },
      'a delivery was refused: it does not show the secret',
    )
    throw unauthorized()
  }

  async #tell({ name, host }: Receiver, pushes: readonly PushEvent[]): Promise<number> {
    if (pushes.length === 0) return 0
    const tracked = await this.#options.changed(host === undefined ? pushes : pushes.map((push) => ({ ...push, host })))
    this.#options.log.info({ receiver: name, pushes: pushes.length, tracked }, 'a registry has told of pushes')
    return tracked
  }
}

/** A delivery by its number or its bytes, in a few characters: half of the hash is enough, for who could try knows the secret. */
const nameOf = (what: string | Uint8Array): string => hash('sha256', what).toString('base64', 0, 16)

const tooMany = (wait: number): ApiError =>
  new ApiError(429, 'TooManyRequests', 'too many deliveries: try again later', {
    retryAfterSeconds: Math.ceil(wait / 1000),
  })

function knownError(error: unknown): ApiError | undefined {
  if (error instanceof HookError) return badRequest(`the delivery cannot be used: ${error.message}`)
  return error instanceof ApiError ? error : undefined
}

function outcomeOf({ code }: ApiError): Outcome {
  if (code === 401 || code === 404) return 'refused'
  return code === 429 || code === 408 ? 'limited' : 'malformed'
}

function refusal({ code, status }: ApiError): Reply {
  const seconds = status.details?.retryAfterSeconds
  return reply(code, status, {
    ...(seconds !== undefined && { 'retry-after': String(seconds) }),
    ...(code === 405 && { allow: 'POST' }),
  })
}

const reply = (status: number, body: object, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
})
