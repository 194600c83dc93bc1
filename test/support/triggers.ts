// A small world for tests of triggers: two streams, and workloads that follow them.
import { apiVersionOf, type KubeObject } from '../../src/core/machinery/object.ts'
import { planTrigger, TRIGGERS_ANNOTATION, type StreamLookup } from '../../src/core/image/triggers.ts'
import type { ImageStream } from '../../src/core/image/types.ts'
import { WORKLOAD_KINDS, type WorkloadKind } from '../../src/core/image/workloads.ts'
import type { Definition } from '../../src/kube/whileServed.ts'

/** The kind of Kubernetes that has this name. */
export function kindNamed(name: string): WorkloadKind {
  const kind = WORKLOAD_KINDS.find((known) => known.kind === name)
  if (!kind) throw new Error(`no kind ${name}`)
  return kind
}
export const DEPLOYMENT = kindNamed('Deployment')
export const CRON_JOB = kindNamed('CronJob')
export const JOB = kindNamed('Job')
/** A custom one. */
export const ROLLOUT: WorkloadKind = {
  resource: { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts' },
  podSpec: 'spec.template.spec',
  changes: 'always',
}

/** The definition of a custom kind, as far as it is looked at, once a cluster has accepted it. */
export const definitionOf = ({ resource }: WorkloadKind, versions = [resource.version]): Definition => ({
  metadata: { name: `${resource.plural}.${resource.group}` },
  spec: { versions: versions.map((name) => ({ name, served: true })) },
  status: { conditions: [{ type: 'Established', status: 'True' }] },
})

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
  { kind, resource, podSpec }: WorkloadKind,
  triggers: unknown,
  containers: Containers = { c: 'start' },
  init: Containers = {},
): KubeObject {
  const spec = { containers: named(containers), initContainers: named(init) }
  const annotations = { [TRIGGERS_ANNOTATION]: typeof triggers === 'string' ? triggers : JSON.stringify(triggers) }
  const inner = podSpec.split('.').reduceRight<object>((value, key) => ({ [key]: value }), spec)
  return {
    // Custom resources say what they are, also in lists.
    ...(!kind && { apiVersion: apiVersionOf(resource), kind: 'Rollout' }),
    metadata: { name: 'w', namespace: 'ns', annotations },
    ...inner,
  }
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
  kind: WorkloadKind = DEPLOYMENT,
): { set: string[]; codes: string[]; text: string } {
  const plan = planTrigger(kind, object, streams)
  return {
    set: plan.changes.map((c) => `${c.init ? 'init ' : ''}${c.container}=${c.to}`),
    codes: plan.problems.map((p) => p.code),
    text: plan.problems.map((p) => p.message).join('\n'),
  }
}
export const SET = [`c=${PULL}`]
