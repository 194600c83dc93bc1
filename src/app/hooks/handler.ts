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
import { ApiError, badRequest, isReason, unauthorized } from '../../core/machinery/status.ts'
import type { Reply, Request } from '../../http/handler.ts'
import { pause } from '../../kube/backoff.ts'
import { nobodyToTell, type HandOn, type Told } from './handOn.ts'
import { DELIVERED, Limits } from './limits.ts'
import type { PushListener } from './listeners.ts'
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

/** How often the leader is told, and milliseconds between: one that has stopped is followed by then. */
const TRIES = 2
const PAUSE = 1_000

/** What answers deliveries, and who is told. */
export interface HookOptions {
  /** The receiver of this name, if there is one. */
  receivers: (name: string) => Receiver | undefined
  /** Has what is tracked looked at; undefined while this server does not lead. */
  own: () => PushListener | undefined
  /** Tells the server that does. Default: there is no other. */
  handOn?: HandOn['tell']
  log: Log
  metrics?: Metrics
  /** Milliseconds, of a clock that does not go back. */
  now?: () => number
  /** Waits so many milliseconds, or until the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Answers deliveries; undefined for paths that are none of its. */
type Route = (request: Request) => Promise<Reply> | undefined

/** What answers deliveries that senders send, and those that other servers hand on: these go no further, and are counted there. */
export function hooks(options: HookOptions): { sent: Route; handedOn: Route } {
  const { log, metrics = unmeasured, now = () => performance.now(), wait = pause } = options
  const desk = new Desk({ ...options, now, wait })
  const route =
    (meter: HookMeter, handOn: HandOn['tell'] | undefined): Route =>
    (request) => {
      const path = parseHookPath(request.path)
      return path && answer(path, request, meter, handOn)
    }
  return {
    sent: route(new HookMeter(metrics), options.handOn ?? noOther),
    handedOn: route(new HookMeter(unmeasured), undefined),
  }

  async function answer(
    path: HookPath,
    request: Request,
    meter: HookMeter,
    handOn: HandOn['tell'] | undefined,
  ): Promise<Reply> {
    const receiver = options.receivers(path.name)
    const name = receiver?.name ?? ''
    try {
      if (!receiver) throw new ApiError(404, 'NotFound', 'there is no such receiver', {})
      const { outcome, recognised, tracked } = await desk.take(receiver, path, request, handOn)
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

/** Where there is no other server. */
const noOther: HandOn['tell'] = () => Promise.reject(nobodyToTell('the server has only just started'))

/** How a delivery is told of. */
interface Telling {
  /** It has been. */
  remember: () => void
  handOn?: () => Promise<Told>
  signal: AbortSignal
}

/** What becomes of a delivery. */
interface Taken {
  outcome: Outcome
  /** References that it tells of, and those of them that are tracked. */
  recognised: number
  tracked: number
}

type DeskOptions = HookOptions & Required<Pick<HookOptions, 'now' | 'wait'>>

class Desk {
  readonly #options: DeskOptions
  readonly #now: () => number
  readonly #limits: Limits
  readonly #seen = new Deliveries(REMEMBERED_NAMES)
  /** Bodies of those that have shown the secret, and of those who may be anybody: these take nothing away from the others. */
  readonly #known: Room
  readonly #unknown: Room

  constructor(options: DeskOptions) {
    this.#options = options
    this.#now = options.now
    this.#limits = new Limits(options.now)
    this.#known = new Room(options.now)
    this.#unknown = new Room(options.now)
  }

  /** `handOn`: where this server does not lead. Errors: ApiError, HookError. */
  async take(receiver: Receiver, path: HookPath, request: Request, handOn: HandOn['tell'] | undefined): Promise<Taken> {
    if (request.method !== 'POST') throw new ApiError(405, 'MethodNotAllowed', 'deliveries are posted')
    checkType(request)
    const headers: Record<string, string> = {}
    const header = (name: string): string | undefined => {
      const value = request.values(name).join(',') || undefined
      if (value !== undefined) headers[name] = value
      return value
    }
    header('content-type')
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
    const remember = (): void => this.#seen.remember(receiver.name, names, this.#now())
    if (recognised === 0) {
      remember()
      return { outcome: 'ignored', recognised, tracked: 0 }
    }
    const told = await this.#tell(withHost(pushes, receiver), {
      remember,
      ...(handOn && { handOn: () => handOn({ path: request.path, headers, body: raw }) }),
      signal: request.signal,
    })
    const { tracked, repeated } = told
    this.#options.log.info({ receiver: receiver.name, recognised, tracked }, 'a registry has told of pushes')
    return { outcome: repeated ? 'repeated' : 'accepted', recognised, tracked }
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

  /** Tells whoever leads: this server, or the other one. There may be a new one in a moment: it is tried twice. */
  async #tell(pushes: readonly PushEvent[], { remember, handOn, signal }: Telling): Promise<Told> {
    for (let tries = 1; ; tries++) {
      const own = this.#options.own()
      if (own) {
        const tracked = own(pushes)
        remember()
        return { tracked, repeated: false }
      }
      if (!handOn) throw nobodyToTell('this server does not lead')
      try {
        const told = await handOn()
        remember()
        return told
      } catch (error) {
        if (tries >= TRIES || !isReason(error, 'ServiceUnavailable')) throw error
      }
      await this.#options.wait(PAUSE, signal)
    }
  }
}

/** The host of a receiver goes before what its sender says. */
function withHost(pushes: readonly PushEvent[], { host }: Receiver): readonly PushEvent[] {
  if (host === undefined) return pushes
  return pushes.map(({ repository, tags, digest }) => ({ host, repository, tags, ...(digest && { digest }) }))
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
  if (code === 429 || code === 408) return 'limited'
  return code === 503 ? 'failed' : 'malformed'
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
