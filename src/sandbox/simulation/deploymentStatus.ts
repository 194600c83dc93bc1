// The status of a Deployment: numbers of its ReplicaSets, and conditions with the reasons that clients know.
import type { Deployment, DeploymentStatus, ReplicaSet } from '../types/deployment.ts'
import { conditionOf, withCondition, withoutCondition, type Condition, type NewCondition } from './condition.ts'
import { boundsOf } from './rollout.ts'

const PROGRESSING = 'Progressing'
const COMPLETE = 'NewReplicaSetAvailable'
const TIMED_OUT = 'ProgressDeadlineExceeded'
/** A deadline of 2^31 - 1 seconds means none. */
const NO_DEADLINE = 2 ** 31 - 1

export interface Situation {
  deployment: Deployment
  /** The ReplicaSet of the current template. */
  next: ReplicaSet | undefined
  /** What has just become of `next`. */
  found?: 'created' | 'found'
  sets: readonly ReplicaSet[]
  now: Date
  time: string
}

const total = (sets: readonly ReplicaSet[], key: 'replicas' | 'readyReplicas' | 'availableReplicas'): number =>
  sets.reduce((sum, { status }) => sum + (status[key] ?? 0), 0)

function numbers({ deployment, next, sets }: Situation): DeploymentStatus {
  const wanted = sets.reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0)
  const available = total(sets, 'availableReplicas')
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: total(sets, 'replicas'),
    updatedReplicas: next?.status.replicas ?? 0,
    readyReplicas: total(sets, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
  }
  const { collisionCount } = deployment.status
  const kept = Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
  return { ...kept, ...(collisionCount !== undefined && { collisionCount }) }
}

/** Every pod is of the current template and available. */
export function isComplete({ spec }: Deployment, status: DeploymentStatus): boolean {
  const replicas = spec.replicas ?? 0
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas
  )
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

function availability({ deployment }: Situation, status: DeploymentStatus): NewCondition {
  const { replicas, unavailable } = boundsOf(deployment.spec.replicas ?? 0, deployment.spec.strategy)
  const enough = (status.availableReplicas ?? 0) >= replicas - unavailable
  return {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
  }
}

/** Milliseconds until a rollout without progress has failed; undefined when it cannot fail. */
export function deadline({ spec }: Deployment, status: DeploymentStatus, now: Date): number | undefined {
  const seconds = spec.progressDeadlineSeconds ?? NO_DEADLINE
  const condition = conditionOf(status.conditions, PROGRESSING)
  if (spec.paused || seconds >= NO_DEADLINE || !condition?.lastUpdateTime) return undefined
  if (condition.reason === COMPLETE || condition.reason === TIMED_OUT) return undefined
  return Math.max(0, Date.parse(condition.lastUpdateTime) + seconds * 1000 - now.getTime())
}

const progressing = (reason: string, message: string, status: NewCondition['status'] = 'True'): NewCondition => ({
  type: PROGRESSING,
  status,
  reason,
  message,
})

/** The condition Progressing after this look; undefined: it stays as it is. */
function progress(situation: Situation, status: DeploymentStatus): NewCondition | undefined {
  const { deployment, next, found, now } = situation
  const old = conditionOf(deployment.status.conditions, PROGRESSING)
  const name = next?.metadata.name ?? ''
  if (deployment.spec.paused) {
    return old?.reason === TIMED_OUT ? undefined : progressing('DeploymentPaused', 'Deployment is paused', 'Unknown')
  }
  if (next && isComplete(deployment, status)) {
    return progressing(COMPLETE, `ReplicaSet "${name}" has successfully progressed.`)
  }
  if (old?.reason === 'DeploymentPaused') return progressing('DeploymentResumed', 'Deployment is resumed', 'Unknown')
  if (found === 'created') return progressing('NewReplicaSetCreated', `Created new replica set "${name}"`)
  if (found === 'found') return progressing('FoundNewReplicaSet', `Found new replica set "${name}"`)
  // A finished rollout stays finished while pods come and go; scaling is no rollout.
  if (old?.reason === COMPLETE && (status.updatedReplicas ?? 0) === (status.replicas ?? 0)) return undefined
  if (hasProgressed(deployment.status, status)) {
    return progressing(
      'ReplicaSetUpdated',
      next ? `ReplicaSet "${name}" is progressing.` : 'Deployment is progressing.',
    )
  }
  if (deadline(deployment, deployment.status, now) === 0) {
    return progressing(TIMED_OUT, `ReplicaSet "${name}" has timed out progressing.`, 'False')
  }
  return undefined
}

/** Progress that says the same again still counts as progress: its time moves. */
function noteProgress(conditions: Condition[], next: NewCondition, time: string): Condition[] {
  const old = conditionOf(conditions, next.type)
  if (old?.reason !== next.reason || next.reason !== 'ReplicaSetUpdated') return withCondition(conditions, next, time)
  return conditions.map((condition) =>
    condition.type === next.type
      ? Object.assign({}, condition, { lastUpdateTime: time, message: next.message })
      : condition,
  )
}

/** The status that this situation means. */
export function deploymentStatus(situation: Situation): DeploymentStatus {
  const { deployment, sets, time } = situation
  const status = numbers(situation)
  let conditions = withCondition(deployment.status.conditions, availability(situation, status), time)
  const next = progress(situation, status)
  if (next) conditions = noteProgress(conditions, next, time)
  const failure = sets.map((set) => conditionOf(set.status.conditions, 'ReplicaFailure')).find(Boolean)
  conditions = failure
    ? withCondition(
        conditions,
        { type: 'ReplicaFailure', status: 'True', reason: failure.reason ?? '', message: failure.message ?? '' },
        time,
      )
    : withoutCondition(conditions, 'ReplicaFailure')
  return { ...status, ...(conditions.length > 0 && { conditions }) }
}
