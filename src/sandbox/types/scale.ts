// Scale: the number of replicas of anything that has one.
import { field, int32, object, opt, str, type Static } from '../../core/machinery/schema.ts'
import { kind } from './workload.ts'

const AUTOSCALING = 'io.k8s.api.autoscaling.v1'

/** Scale of autoscaling/v1. */
export const Scale = kind(
  `${AUTOSCALING}.Scale`,
  'The number of replicas of an object.',
  object(`${AUTOSCALING}.ScaleSpec`, 'The number that is wanted.', { replicas: opt(int32('How many pods.')) }),
  field(
    object(`${AUTOSCALING}.ScaleStatus`, 'The number that is.', {
      replicas: int32('How many pods there are.', { mandatory: true }),
      selector: opt(str('Selects the pods, as text.')),
    }),
    'The number that is.',
  ),
)
export type Scale = Static<typeof Scale>
