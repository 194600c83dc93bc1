// The webhook: admission for a cluster's own workloads, over HTTP.
import { randomUUID } from 'node:crypto'
import type { AdmissionStep } from '../core/machinery/admission.ts'
import type { Log } from '../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../core/machinery/metrics.ts'
import { ApiError, badRequest } from '../core/machinery/status.ts'
import { BodyTooLarge, type Reply, type Request } from '../http/handler.ts'
import { ReviewMeter, type Outcome } from './measure.ts'
import { review } from './review.ts'

/** Bytes of a review: an object and what it replaces, each as large as a kube-apiserver takes them. */
const MAX_REVIEW = 7 * 1024 * 1024

/** What answers, and where. */
export interface WebhookOptions {
  /** Steps by path. */
  steps: ReadonlyMap<string, readonly AdmissionStep[]>
  /** Rejects for who may not ask. Error: ApiError. */
  permit: (request: Request) => Promise<void>
  log: Log
  metrics?: Metrics
}

/** Answers reviews; undefined for paths that are none of its. */
export function webhook(options: WebhookOptions): (request: Request) => Promise<Reply> | undefined {
  const { steps, metrics = unmeasured } = options
  const meter = new ReviewMeter(metrics)
  return (request) => {
    const found = steps.get(request.path)
    return found && meter.of(request.path, () => answer(found, request, options))
  }
}

interface Answered {
  reply: Reply
  outcome: Outcome
}

async function answer(
  steps: readonly AdmissionStep[],
  request: Request,
  { permit, log }: WebhookOptions,
): Promise<Answered> {
  try {
    await permit(request)
    if (request.method !== 'POST') throw new ApiError(405, 'MethodNotAllowed', 'reviews are posted')
    const body = parse((await request.body(MAX_REVIEW)).toString('utf8'))
    const { signal } = request
    const answered = await review(steps, body, { signal, now: () => new Date(), uid: randomUUID })
    const { patch } = answered.response
    return { reply: reply(200, answered), outcome: patch === undefined ? 'unchanged' : 'changed' }
  } catch (error) {
    // The listener says so, as for every other body.
    if (error instanceof BodyTooLarge) throw error
    if (error instanceof ApiError) return { reply: reply(error.code, error.status), outcome: 'refused' }
    log.error({ err: error, path: request.path }, 'review failed')
    // The cluster goes on without us: failurePolicy is Ignore.
    const message = 'the review failed; the log of the server says why'
    return { reply: reply(500, { message }), outcome: 'failed' }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('a review must be JSON')
  }
}

const reply = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
})
