// Handing deliveries on to the server that leads: it alone knows what every source was last, what each registry may be asked, and
// which deliveries have come. See docs/adr/0055-reports-from-the-leader.md.
//
// A delivery goes on as it came, with all that was read of it, so that the leader finds the secret in it itself: no other proof is
// needed, and nothing can be told there that could not be told here.
import type { Log } from '../../core/machinery/log.ts'
import { ApiError, isReason } from '../../core/machinery/status.ts'
import { unlessAborted } from '../../kube/backoff.ts'
import { createLimiter } from '../../registry/limiter.ts'
import { LeaderConnection, type LeaderPlace } from '../cluster/leaderConnection.ts'

/** Milliseconds for a try: with another one, and the wait between them, senders hear us before they give up. */
const PATIENCE = 1_500
/** Deliveries that are handed on at a time, each over a connection. */
const CONCURRENCY = 16
/** Bytes of all that are handed on or wait for it, and what each takes beside its body, rounded up. */
const MEMORY = 16 * 1024 * 1024
const OVERHEAD = 4096
/** Seconds after which a sender is to come again: some fewer than a leader that was killed is missed. */
const COME_AGAIN = 5

/** A delivery as it came. */
export interface Delivery {
  /** Still percent-encoded. May end in the secret. */
  readonly path: string
  /** All that were looked at. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What has become of the pushes of a delivery. */
export interface Told {
  /** References that are looked at now. */
  tracked: number
  /** It had come before. */
  repeated: boolean
}

/** 503: who could look at what is tracked is not there. The sender is to come again. */
export const nobodyToTell = (why: string): ApiError =>
  new ApiError(503, 'ServiceUnavailable', `the delivery cannot be taken at the moment: ${why}`, {
    retryAfterSeconds: COME_AGAIN,
  })

/** See above. */
export class HandOn {
  readonly #connection: LeaderConnection
  readonly #limiter = createLimiter(CONCURRENCY)
  readonly #log: Pick<Log, 'warn'>
  #held = 0

  constructor({ log, ...place }: LeaderPlace & { log: Pick<Log, 'warn'> }) {
    // As nobody: the secret of the delivery may be where a token would be.
    const user = { name: '' }
    this.#connection = new LeaderConnection({ ...place, user, timeout: PATIENCE, refusal: nobodyToTell })
    this.#log = log
  }

  /**
   * Tells the leader, once. Errors: ServiceUnavailable (503) when there is none, or it does not answer in time; TooManyRequests (429)
   * when it has been told too much.
   */
  readonly tell = async (delivery: Delivery): Promise<Told> => {
    const bytes = delivery.body.length + OVERHEAD
    if (this.#held + bytes > MEMORY) throw nobodyToTell('too many others wait for the server that leads')
    this.#held += bytes
    const late = AbortSignal.timeout(PATIENCE)
    const told = this.#limiter(() => this.#post(delivery, late)).finally(() => (this.#held -= bytes))
    return unlessAborted(told, late).catch((error: unknown) => this.#fail(error))
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  async #post({ path, headers, body }: Delivery, signal: AbortSignal): Promise<Told> {
    signal.throwIfAborted()
    const { transport } = this.#connection.current()
    const answer = await transport.text({ method: 'POST', path, headers: { ...headers }, body, signal, retries: 0 })
    const { tracked, repeated } = JSON.parse(answer) as Partial<Told>
    return { tracked: Number(tracked), repeated: repeated === true }
  }

  #fail(err: unknown): never {
    if (isReason(err, 'TooManyRequests')) throw err
    this.#log.warn({ err }, 'the server that leads cannot be told of a push')
    throw nobodyToTell('the server that leads cannot be told')
  }
}
