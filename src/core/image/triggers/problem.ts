// Problems of triggers: what is wrong with an annotation, in words for its author. The codes are stable: they are the reasons
// of events, and documented in docs/spec/triggers.md.
import { closest } from './suggest.ts'

/**
 * What a problem does. annotation: no entry is used. object: nothing of the object is changed, even by its other entries.
 * entry: this entry is not used. waiting: this entry has nothing to set yet. none: it is only told.
 */
export type ProblemEffect = 'annotation' | 'object' | 'entry' | 'waiting' | 'none'

/** Every code with what it does. */
export const PROBLEM_EFFECTS = {
  TriggerAnnotationInvalid: 'annotation',
  TriggerDuplicate: 'annotation',
  TriggerFieldPathInvalid: 'object',
  TriggerContainerNotFound: 'object',
  TriggerFieldPathIgnored: 'entry',
  TriggerKindUnsupported: 'entry',
  TriggerNameInvalid: 'entry',
  TriggerStreamNotFound: 'waiting',
  TriggerTagNotFound: 'waiting',
  TriggerContainerTwice: 'none',
  TriggerKindMissing: 'none',
  TriggerUnknownKey: 'none',
} as const satisfies Record<string, ProblemEffect>

export type ProblemCode = keyof typeof PROBLEM_EFFECTS

/** `index` is the entry's position in the annotation, from 0; absent when the whole annotation is meant. */
export interface TriggerProblem {
  code: ProblemCode
  message: string
  index?: number
}

/** A problem of one entry; its message begins with the entry's position, counted from 0 as in JSON paths. */
export const entryProblem = (code: ProblemCode, index: number, text: string): TriggerProblem => ({
  code,
  message: `trigger [${index}]: ${text}`,
  index,
})

/** Longest piece of a user's text that a message repeats, in characters. Events are cut at 1024. */
const QUOTE_LIMIT = 120

/** A value as JSON, cut to a readable length. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length <= QUOTE_LIMIT ? text : `${text.slice(0, QUOTE_LIMIT)}…`
}

/** `; did you mean "x"?`, or nothing when no candidate comes near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = closest(word, candidates)
  return near === undefined ? '' : `; did you mean ${quote(near)}?`
}
