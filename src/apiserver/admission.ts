import type { AdmissionStep, WriteOperation } from '../core/machinery/admission.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import type { Call } from './call.ts'
import { keepTimes } from './ownership.ts'

/** All steps of admission in one, as the verbs call it. */
export interface Admission {
  check(call: Call, operation: WriteOperation): Promise<void>
  /** Answers the object as the steps leave it. */
  mutate(call: Call, object: KubeObject, old?: KubeObject): Promise<KubeObject>
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
  }
}
