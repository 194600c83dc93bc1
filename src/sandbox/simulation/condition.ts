// Conditions of statuses.
import type { Condition } from '../types/workload.ts'

export type { Condition }

/** The condition of a type. */
export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type)
}

export interface NewCondition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason: string
  message: string
}

/**
 * The list with the condition put in. Equal status and reason change nothing, so that a status that says the same again is
 * the same; a transition is a change of the status only.
 */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  next: NewCondition,
  time: string,
): Condition[] {
  const old = conditionOf(conditions, next.type)
  const others = (conditions ?? []).filter(({ type }) => type !== next.type)
  if (old && old.status === next.status && old.reason === next.reason) return [...(conditions ?? [])]
  const lastTransitionTime = old?.status === next.status ? (old.lastTransitionTime ?? time) : time
  const { type, status, reason, message } = next
  return [...others, { type, status, lastUpdateTime: time, lastTransitionTime, reason, message }]
}

export function withoutCondition(conditions: readonly Condition[] | undefined, type: string): Condition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type)
}
