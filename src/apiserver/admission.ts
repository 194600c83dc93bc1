import type { AdmissionStep, Write, WriteOperation } from '../core/machinery/admission.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import type { Context, Creation, GiveBack } from '../core/machinery/resource.ts'
import type { Call } from './call.ts'
import { keepTimes } from './ownership.ts'

/** All steps of admission in one, as the verbs call it. */
export interface Admission {
  check(call: Call, operation: WriteOperation): Promise<void>
  /** Answers the object as the steps leave it. */
  mutate(call: Call, object: KubeObject, old?: KubeObject): Promise<KubeObject>
  /** The call's context, in which whatever is stored for the first time asks the steps for room. */
  reserving(call: Write): Context
}

/** Runs the steps in order. */
export function admission(steps: readonly AdmissionStep[]): Admission {
  return {
    async check(call, operation) {
      for (const step of steps) await step.check?.(call, operation)
    },
    async mutate(call, object, old) {
      for (const step of steps) await step.mutate?.(call, object, old)
      return old ? keepTimes(object, old) : object
    },
    reserving(call) {
      return { ...call.context, reserve: (creation) => reserve(steps, call, creation) }
    },
  }
}

/** Asks every step for room. When one has none, the others get theirs back. */
async function reserve(steps: readonly AdmissionStep[], write: Write, creation: Creation): Promise<GiveBack> {
  const taken: GiveBack[] = []
  const giveBack = async (): Promise<void> => {
    for (const one of taken.toReversed()) await one()
  }
  try {
    for (const step of steps) {
      const one = await step.reserve?.(write, creation)
      if (one) taken.push(one)
    }
  } catch (error) {
    await giveBack()
    throw error
  }
  return giveBack
}
