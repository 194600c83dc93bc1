// The webhook: admission for a cluster's own workloads, over HTTP.
import { randomUUID } from 'node:crypto'
import type { AdmissionStep } from '../core/machinery/admission.ts'
import type { Log } from '../core/machinery/log.ts'
import { ApiError, badRequest } from '../core/machinery/status.ts'
import { BodyTooLarge, type Reply, type Request } from '../http/handler.ts'
import { review } from './review.ts'

/** Bytes of a review: an object and what it replaces, each as large as a kube-apiserver takes them. */
const MAX_REVIEW = 7 * 1024 * 1024

/** What answers, and where. */
export interface WebhookOptions {
  /** Steps by path. */
  steps: ReadonlyMap<string, readonly AdmissionStep[]>
  log: Log
}

/** Answers reviews; undefined for paths that are none of its. Everybody may ask: an answer tells what a write would. */
export function webhook({ steps, log }: WebhookOptions): (request: Request) => Promise<Reply> | undefined {
  return (request) => {
    const found = steps.get(request.path)
    return found && answer(found, request, log)
  }
}

async function answer(steps: readonly AdmissionStep[], request: Request, log: Log): Promise<Reply> {
  try {
    if (request.method !== 'POST') throw new ApiError(405, 'MethodNotAllowed', 'reviews are posted')
    const body = parse((await request.body(MAX_REVIEW)).toString('utf8'))
    const { signal } = request
    return reply(200, await review(steps, body, { signal, now: () => new Date(), uid: randomUUID }))
  } catch (error) {
    // The listener says so, as for every other body.
    if (error instanceof BodyTooLarge) throw error
    if (error instanceof ApiError) return reply(error.code, error.status)
    log.error({ err: error, path: request.path }, 'review failed')
    // The cluster goes on without us: failurePolicy is Ignore.
    return reply(500, { message: 'the review failed; the log of the server says why' })
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
