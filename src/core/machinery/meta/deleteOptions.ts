// DeleteOptions of meta/v1: the body that clients send with a deletion, in JSON or in protocol buffers.
import type { NumberTables } from '../protobuf/decode.ts'
import { bool, int64, list, object, opt, pointer, str, type Static } from '../schema.ts'
import { typeMeta } from './objectMeta.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

const preconditions = object(`${META}.Preconditions`, 'What has to be so for the deletion to be carried out.', {
  uid: pointer(str('UID that the object must have.')),
  resourceVersion: pointer(str('Version that the object must have.')),
})

/** DeleteOptions of meta/v1, schema and type. */
export const DeleteOptions = object(`${META}.DeleteOptions`, 'How an object is deleted.', {
  ...typeMeta,
  gracePeriodSeconds: pointer(int64('Seconds until the object goes; 0 is at once.')),
  preconditions: opt(preconditions),
  orphanDependents: pointer(bool('Deprecated: true is the propagation policy Orphan.')),
  propagationPolicy: pointer(str('What becomes of dependents: Orphan, Background or Foreground.')),
  dryRun: opt(list(str(), 'All: do everything but store the result.')),
  ignoreStoreReadErrorWithClusterBreakingPotential: pointer(bool('Accepted; objects here are always readable.')),
})
export type DeleteOptions = Static<typeof DeleteOptions>

/** Field numbers of DeleteOptions, from generated.proto of k8s.io/apimachinery. */
export const DELETE_OPTIONS_NUMBERS: NumberTables = {
  [`${META}.DeleteOptions`]: {
    1: 'gracePeriodSeconds',
    2: 'preconditions',
    3: 'orphanDependents',
    4: 'propagationPolicy',
    5: 'dryRun',
    6: 'ignoreStoreReadErrorWithClusterBreakingPotential',
  },
  [`${META}.Preconditions`]: { 1: 'uid', 2: 'resourceVersion' },
}
