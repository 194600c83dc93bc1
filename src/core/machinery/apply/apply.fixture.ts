// A small kind for the tests of this folder.
import type { KubeObject } from '../object.ts'
import { objectMeta, typeMeta } from '../meta/objectMeta.ts'
import { bool, int32, list, map, nullable, object, opt, pointer, str, time, type Static } from '../schema.ts'

const ObjectReference = object('com.example.v1.ObjectReference', '', { kind: opt(str()), name: opt(str()) })
const Port = object('com.example.v1.Port', '', {
  port: int32(),
  protocol: opt(str('', { default: 'TCP' })),
  name: opt(str()),
})
const Tag = object('com.example.v1.Tag', '', {
  name: str(),
  annotations: nullable(map(str())),
  from: opt(ObjectReference),
  reference: opt(bool()),
  ports: opt(list(Port, '', { mergeKey: 'port', listMapKeys: ['port', 'protocol'] })),
})

export const Thing = object('com.example.v1.Thing', '', {
  ...typeMeta,
  metadata: objectMeta,
  spec: object('com.example.v1.ThingSpec', '', {
    tags: opt(list(Tag, '', { mergeKey: 'name' })),
    replicas: pointer(int32()),
    policy: object('com.example.v1.Policy', '', { local: opt(bool()), mode: opt(str()) }),
    args: opt(list(str())),
    nodes: opt(map(str(), '', { mapType: 'atomic' })),
    at: opt(time()),
  }),
  status: object('com.example.v1.ThingStatus', '', { phase: opt(str()) }),
})
export type Thing = Static<typeof Thing>

/** What a client would send to apply this. */
export const config = (spec: object, metadata: object = {}): unknown => ({
  apiVersion: 'example.com/v1',
  kind: 'Thing',
  metadata: { name: 'x', ...metadata },
  spec,
})

/** Manager, operation and fields of an object's bookkeeping, by manager. */
export function owners(object: KubeObject): Record<string, unknown> {
  return Object.fromEntries(
    (object.metadata.managedFields ?? []).map((m) => [`${m.manager} ${m.operation}`, m.fieldsV1]),
  )
}
