// What is wrong with the annotations of a stream that the server goes on without, and nobody would notice.
import type { ImageStream } from '../image/types.ts'
import { missingPolicies, POLICY_MISSING } from '../policy/missingPolicies.ts'
import { freshnessProblems, REFRESH_INVALID } from './freshnessProblems.ts'

/** A problem, in words for its author, with the reason of the Event that tells of it. */
export interface AnnotationProblem {
  reason: string
  message: string
}

/** Those that a stream has and had not before. */
export function newAnnotationProblems(stream: ImageStream, old: ImageStream | undefined): AnnotationProblem[] {
  const before = new Set(old && problemsOf(old).map(({ message }) => message))
  return problemsOf(stream).filter(({ message }) => !before.has(message))
}

function problemsOf(stream: ImageStream): AnnotationProblem[] {
  return [
    ...freshnessProblems(stream).map((message) => ({ reason: REFRESH_INVALID, message })),
    ...missingPolicies(stream).map((message) => ({ reason: POLICY_MISSING, message })),
  ]
}
