// Whether the pods of the installed version run, in the words of `kubectl rollout status`.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { InstallError } from './failure.ts'
import { NAME } from './names.ts'
import { RESOURCES } from './resources.ts'
import { until } from './wait.ts'

/** A Deployment of apps/v1, as far as it tells of its rollout. */
export interface Deployment extends KubeObject {
  spec: { replicas?: number; paused?: boolean }
  status?: {
    observedGeneration?: number
    /** Pods; those of the newest template; and of all those that are ready. */
    replicas?: number
    updatedReplicas?: number
    availableReplicas?: number
    conditions?: { type: string; status: string; message?: string }[]
  }
}

/** Waits for the Deployment. Errors: InstallError with what is missing and why, those of the API. */
export function rolledOut(client: ObjectClient, namespace: string, patience: number): Promise<void> {
  const look = async (): Promise<void> => {
    const found = await client.get<Deployment>({ resource: RESOURCES.Deployment, namespace, name: NAME })
    const missing = unmet(found)
    if (missing !== undefined) throw new Error([missing, ...reasons(found)].join('; '))
  }
  const help = `see kubectl -n ${namespace} get pods, and kubectl -n ${namespace} logs deployment/${NAME}`
  return until('the server does not start', look, { patience }).catch((error: unknown) => {
    if (!(error instanceof InstallError)) throw error
    throw new InstallError(`${error.message} (${help})`, { cause: error })
  })
}

/** What it still waits for; undefined when it is done. */
export function unmet({ metadata, spec: { replicas = 1 }, status = {} }: Deployment): string | undefined {
  const { observedGeneration, replicas: all = 0, updatedReplicas: updated = 0, availableReplicas: ready = 0 } = status
  if (observedGeneration !== metadata.generation) return 'the cluster has not seen it yet'
  if (updated < replicas) return `${updated} of ${replicas} pods have the new version`
  if (all > updated) return `${all - updated} of ${all} pods still have the old version`
  return ready < updated ? `${ready} of ${updated} new pods are ready` : undefined
}

/** Conditions that say why, by what they are when something is wrong. */
const WRONG: Readonly<Record<string, string>> = { Progressing: 'False', ReplicaFailure: 'True' }

/** Why it does, as far as the cluster says. */
export function reasons({
  metadata: { namespace },
  spec: { paused },
  status: { conditions = [] } = {},
}: Deployment): string[] {
  const wrong = conditions.filter(({ type, status }) => WRONG[type] === status)
  return [
    ...(paused ? [`it is paused: kubectl -n ${namespace} rollout resume deployment/${NAME}`] : []),
    ...wrong.flatMap(({ message }) => message ?? []),
  ]
}
