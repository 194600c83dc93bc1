// Which writes of the cluster come to admission, and which never do.
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
import type { Manifest } from '../manifest.ts'
import { NAME } from '../names.ts'

/** Paths of the two webhooks on the server. */
export const TRIGGERS_PATH = '/admission/triggers'
export const NAMES_PATH = '/admission/names'

/** Seconds. The answer comes from memory; whoever waits longer goes on without it. */
const TIMEOUT = 2

/** Namespaces that must come up whatever we do. */
const NEVER = ['kube-system']

/** Where the cluster finds the webhooks: `path` is added to what is given. */
export type ClientConfig = (path: string) => object

const rule = (group: string, ...resources: string[]): object => ({
  apiGroups: [group],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources,
  scope: 'Namespaced',
})

const WORKLOADS = ['daemonsets', 'deployments', 'statefulsets']

const TRIGGERED = `has(object.metadata.annotations) && 'image.openshift.io/triggers' in object.metadata.annotations`

/** CEL: the pod template, or the pod itself. */
const TEMPLATE =
  `(request.resource.resource == 'pods' ? object : ` +
  `request.resource.resource == 'cronjobs' ? object.spec.jobTemplate.spec.template : object.spec.template)`
const FORCED = (what: string): string =>
  `(has(${what}.metadata) && has(${what}.metadata.annotations) && ` +
  `'alpha.image.policy.openshift.io/resolve-names' in ${what}.metadata.annotations)`
/** A name without a slash may be that of a stream. */
const BARE = (list: string): string =>
  `(has(${TEMPLATE}.spec.${list}) && ${TEMPLATE}.spec.${list}.exists(c, has(c.image) && !c.image.contains('/')))`

/** The configuration. `namespace`: our own, whose objects never come to us. */
export function webhookConfiguration(namespace: string, clientConfig: ClientConfig): Manifest {
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
        clientConfig: clientConfig(TRIGGERS_PATH),
        rules: [rule('apps', ...WORKLOADS), rule('batch', 'cronjobs')],
        matchConditions: [{ name: 'has-triggers', expression: TRIGGERED }],
      },
      {
        name: 'names.millrace.dev',
        ...common,
        clientConfig: clientConfig(NAMES_PATH),
        rules: [
          rule('', 'pods', 'replicationcontrollers'),
          rule('apps', ...WORKLOADS, 'replicasets'),
          rule('batch', 'cronjobs', 'jobs'),
        ],
        matchConditions: [
          {
            name: 'may-name-a-stream',
            expression: [FORCED('object'), FORCED(TEMPLATE), BARE('containers'), BARE('initContainers')].join(' || '),
          },
        ],
      },
    ],
  }
}
