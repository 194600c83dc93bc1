// Parts that several workload kinds share.
import { field, object, opt, str, time, type Static, type TSchema } from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'

export const APPS = 'io.k8s.api.apps.v1'
export const BATCH = 'io.k8s.api.batch.v1'
export const byType = { mergeKey: 'type', listType: 'map', listMapKeys: ['type'] } as const

const head = {
  type: str('What it is about.', { mandatory: true }),
  status: str('True, False or Unknown.', { mandatory: true }),
}
const tail = { reason: opt(str('Why, in one word.')), message: opt(str('Why, in words.')) }
const lastTransitionTime = opt(time('Last change of the status.'))

/** The condition type of a kind: all have the same fields, each has its own name. */
export const condition = (definition: string) =>
  object(definition, 'One aspect of the state.', { ...head, lastTransitionTime, ...tail })

/** Deployment conditions also tell when they were last touched: progress deadlines count from there. */
export const progressCondition = (definition: string) =>
  object(definition, 'One aspect of the state.', {
    ...head,
    lastUpdateTime: opt(time('Last change of reason or message.')),
    lastTransitionTime,
    ...tail,
  })

/** Job conditions carry the time of the last check. */
export const probedCondition = (definition: string) =>
  object(definition, 'One aspect of the state.', {
    ...head,
    lastProbeTime: opt(time('Last check.')),
    lastTransitionTime,
    ...tail,
  })

export type Condition = Static<ReturnType<typeof progressCondition>>

/** A whole kind: type, metadata, spec and status. */
export const kind = <S extends TSchema, T extends TSchema>(
  definition: string,
  description: string,
  spec: S,
  status: T,
) =>
  object(definition, description, {
    ...typeMeta,
    metadata: field(objectMeta, 'Name, labels and the like.'),
    spec: field(spec, 'What is wanted.'),
    status: field(status, 'What is.'),
  })
