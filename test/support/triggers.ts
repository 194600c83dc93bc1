// A small world for tests of triggers: two streams, and workloads that follow them.
import type { KubeObject } from '../../src/core/machinery/object.ts'
import {
  planTrigger,
  TRIGGERS_ANNOTATION,
  type StreamLookup,
  type WorkloadKind,
} from '../../src/core/image/triggers.ts'
import type { ImageStream } from '../../src/core/image/types.ts'

export const DIGEST = `sha256:${'a'.repeat(64)}`
export const PULL = `quay.io/acme/ubi@${DIGEST}`
export const stream = (name: string, tags: Record<string, string>, namespace = 'ns'): ImageStream => ({
  metadata: { name, namespace, resourceVersion: '1' },
  spec: { lookupPolicy: { local: false } },
  status: {
    dockerImageRepository: '',
    tags: Object.entries(tags).map(([tag, reference]) => ({
      tag,
      items: [{ created: null, dockerImageReference: reference, image: reference.split('@')[1] ?? '', generation: 1 }],
    })),
  },
})
export const STREAMS = [
  stream('ubi', { '8': PULL, latest: 'quay.io/acme/ubi@latest', other: 'x/y@other' }),
  stream('far', { '1': 'far/image@1' }, 'elsewhere'),
]
export const streams: StreamLookup = (namespace, name) =>
  STREAMS.find((s) => s.metadata.namespace === namespace && s.metadata.name === name)

type Containers = Record<string, string>
const named = (containers: Containers): object[] => Object.entries(containers).map(([name, image]) => ({ name, image }))
export function workload(
  kind: WorkloadKind,
  triggers: unknown,
  containers: Containers = { c: 'start' },
  init: Containers = {},
): KubeObject {
  const spec = { containers: named(containers), initContainers: named(init) }
  const template = { metadata: {}, spec }
  const annotations = { [TRIGGERS_ANNOTATION]: typeof triggers === 'string' ? triggers : JSON.stringify(triggers) }
  const object = {
    metadata: { name: 'w', namespace: 'ns', annotations },
    spec: kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { replicas: 3, template },
  }
  return object
}
export const from = (name = 'ubi:8', more: object = {}): object => ({ kind: 'ImageStreamTag', name, ...more })
export const path = (rest: string, base = 'spec.template.spec'): string => `${base}.${rest}`
export const at = (name: string, list = 'containers'): string => path(`${list}[?(@.name=="${name}")].image`)
export const entry = (fieldPath = at('c'), source: object = from(), more: object = {}): object => ({
  from: source,
  fieldPath,
  ...more,
})

export function planned(
  object: KubeObject,
  kind: WorkloadKind = 'Deployment',
): { set: string[]; codes: string[]; text: string } {
  const plan = planTrigger(kind, object, streams)
  return {
    set: plan.changes.map((c) => `${c.init ? 'init ' : ''}${c.container}=${c.to}`),
    codes: plan.problems.map((p) => p.code),
    text: plan.problems.map((p) => p.message).join('\n'),
  }
}
export const SET = [`c=${PULL}`]
