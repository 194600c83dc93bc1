// Which writes of the cluster come to admission, and which never do.
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
import { RESOLVE_NAMES } from '../../core/image/localLookup.ts'
import { TRIGGERS_ANNOTATION, TRIGGERS_MANAGER } from '../../core/image/triggers.ts'
import { metadataPath } from '../../core/image/podSpec.ts'
import { DERIVED_KINDS, type WorkloadKind } from '../../core/image/workloads.ts'
import { apiVersionOf } from '../../core/machinery/object.ts'
import { pathOf } from '../../kube/path.ts'
import type { Manifest } from '../manifest.ts'
import { NAME } from '../names.ts'

/** What may be created by whoever asks for admission; no resource that is listed. */
export const REVIEWS = { group: 'image.openshift.io', version: 'v1', plural: 'admissionreviews' }
/** Paths of the two webhooks on the server, within the API that the aggregator sends there. Names are looked up at both. */
export const TRIGGERS_PATH = `${pathOf({ resource: REVIEWS })}/triggers`
export const NAMES_PATH = `${pathOf({ resource: REVIEWS })}/names`

/**
 * A kube-apiserver does not say who it is when it calls a webhook, but for one that it serves itself: then it is system:apiserver,
 * and its aggregator tells us so, as of every other user. See docs/adr/0023-triggers-at-write-time.md.
 */
const THROUGH_THE_AGGREGATOR = { namespace: 'default', name: 'kubernetes', port: 443 }

/** Seconds. The answer comes from memory; whoever waits longer goes on without it. */
const TIMEOUT = 2

/** Namespaces that must come up whatever we do. */
const NEVER = ['kube-system']

/** A rule for each version of a group. */
function rulesOf(kinds: readonly WorkloadKind[]): object[] {
  const byVersion = Map.groupBy(kinds, ({ resource }) => apiVersionOf(resource))
  return [...byVersion.values()].map((same) => ({
    apiGroups: [same[0]!.resource.group],
    apiVersions: [same[0]!.resource.version],
    operations: ['CREATE', 'UPDATE'],
    resources: same.map(({ resource }) => resource.plural),
    scope: 'Namespaced',
  }))
}

const TRIGGERED = `has(object.metadata.annotations) && '${TRIGGERS_ANNOTATION}' in object.metadata.annotations`

/**
 * What the controller of triggers writes is what admission would make of it: asking would cost as much as the write. Whoever else
 * gives that name to a write has its images set a moment later.
 */
const NOT_OURS = `!(has(request.options) && has(request.options.fieldManager) && request.options.fieldManager == '${TRIGGERS_MANAGER}')`

/**
 * Workloads with triggers have their names looked up on the way: one request is enough. What is made from them may bear their
 * annotations without having triggers.
 */
const NOT_TRIGGERED =
  `!(${TRIGGERED}) || request.resource.resource in ` +
  `[${DERIVED_KINDS.map(({ resource }) => `'${resource.plural}'`).join(', ')}]`

/**
 * CEL: what is at a path in the object, if there is anything. Names are indexed, for as fields some of them are reserved words.
 * Optional values are known from Kubernetes 1.28 on.
 */
const at = (path: string): string =>
  `object${path
    .split('.')
    .map((name) => `[?'${name}']`)
    .join('')}`

/** The metadata at a path has the annotation. */
const annotated = (metadata: string, annotation: string): string =>
  `'${annotation}' in ${at(`${metadata}.annotations`)}.orValue({})`
/** A name without a slash may be that of a stream. */
const bare = (podSpec: string, list: string): string =>
  `${at(`${podSpec}.${list}`)}.orValue([]).exists(c, has(c.image) && !c.image.contains('/'))`

/** CEL: something in a pod spec, or an annotation on what holds one, asks for a name to be looked up. */
function mayNameAStream(kinds: readonly WorkloadKind[]): string {
  const asked = kinds.flatMap(({ podSpec }) => [
    annotated(metadataPath(podSpec), RESOLVE_NAMES),
    bare(podSpec, 'containers'),
    bare(podSpec, 'initContainers'),
  ])
  return [...new Set([annotated('metadata', RESOLVE_NAMES), ...asked])].join(' || ')
}

/** CEL: the object has triggers, or bears them where they have no effect, on its pod template: then its writer is to be told. */
function bearsTriggers(kinds: readonly WorkloadKind[]): string {
  const templates = kinds.map(({ podSpec }) => annotated(metadataPath(podSpec), TRIGGERS_ANNOTATION))
  return [...new Set(templates), TRIGGERED].join(' || ')
}

/** The configuration. `namespace`: our own, whose objects never come to us. `workloads`: what has triggers, and may name streams. */
export function webhookConfiguration(namespace: string, workloads: readonly WorkloadKind[]): Manifest {
  const named = [...workloads, ...DERIVED_KINDS]
  const common = {
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: TIMEOUT,
    failurePolicy: 'Ignore',
    matchPolicy: 'Equivalent',
    reinvocationPolicy: 'IfNeeded',
    namespaceSelector: {
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...NEVER, namespace].toSorted() },
      ],
    },
  }
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: NAME },
    webhooks: [
      {
        name: 'triggers.millrace.dev',
        ...common,
        clientConfig: { service: { ...THROUGH_THE_AGGREGATOR, path: TRIGGERS_PATH } },
        rules: rulesOf(workloads),
        matchConditions: [
          { name: 'bears-triggers', expression: bearsTriggers(workloads) },
          { name: 'is-not-ours', expression: NOT_OURS },
        ],
      },
      {
        name: 'names.millrace.dev',
        ...common,
        clientConfig: { service: { ...THROUGH_THE_AGGREGATOR, path: NAMES_PATH } },
        rules: rulesOf(named),
        matchConditions: [
          { name: 'has-no-triggers', expression: NOT_TRIGGERED },
          { name: 'may-name-a-stream', expression: mayNameAStream(named) },
        ],
      },
    ],
  }
}
