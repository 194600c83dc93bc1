// One HTTP request to a resource on its way through a verb.
import type { Request } from '../http/handler.ts'
import type { Call } from './call.ts'
import type { Admission } from './admission.ts'
import type { Accepted } from './negotiate.ts'

/** The request, its call, and what its answer depends on. */
export interface Exchange {
  request: Request
  call: Call
  accepted: Accepted
  warnings: string[]
  admit: Admission
}
