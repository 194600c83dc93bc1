// Roles for those who use image streams: parts of `view`, `edit` and `admin`, and the roles of OpenShift that bindings name.
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
import type { Manifest } from '../manifest.ts'
import { REPORT_GROUP } from '../../core/report/types.ts'
import type { PolicyRule } from '../../core/image/workloads/access.ts'

const rule = (resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  apiGroups: ['image.openshift.io'],
  resources,
  verbs,
})

const report = (resource: string): PolicyRule => ({
  apiGroups: [REPORT_GROUP],
  resources: [resource],
  verbs: ['get', 'list'],
})

const READ = ['get', 'list', 'watch']
const ALL = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const NAMESPACED = ['imagestreamimages', 'imagestreammappings', 'imagestreams', 'imagestreamtags', 'imagetags']
const LAYERS = ['imagestreams/layers']
const STATUS = ['imagestreams/status']

/** To pull is to get the layers of a stream; to push is to update them. */
const PULL = rule(LAYERS, ['get'])
const PUSH = rule(LAYERS, ['get', 'update'])

/** Rules by the role of Kubernetes that they become part of. `admin` has all that `edit` has. */
const AGGREGATED: Readonly<Record<string, readonly PolicyRule[]>> = {
  view: [rule(NAMESPACED, READ), rule(STATUS, READ), PULL, report('imports')],
  edit: [
    rule([...NAMESPACED, 'imagestreams/secrets'], ALL),
    rule(['imagestreamimports'], ['create']),
    rule(STATUS, READ),
    PUSH,
  ],
}

/** Roles of their own, most under the names that OpenShift's users bind. */
const NAMED: Readonly<Record<string, readonly PolicyRule[]>> = {
  // Registries of all namespaces and their users, if only by a hash: that is for nobody by itself.
  'millrace:registry-viewer': [report('registries')],
  'system:image-auditor': [rule(['images'], [...READ, 'patch', 'update'])],
  'system:image-builder': [PUSH, rule(['imagestreams'], ['create'])],
  'system:image-puller': [PULL],
  'system:image-pusher': [PUSH],
  'system:image-signer': [rule(['images', ...LAYERS], ['get']), rule(['imagesignatures'], ['create', 'delete'])],
}

/** The roles. */
export function userRoles(): Manifest[] {
  const role = (metadata: Manifest['metadata'], rules: readonly PolicyRule[]): Manifest => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata,
    rules,
  })
  return [
    ...Object.entries(AGGREGATED).map(([name, rules]) => {
      const labels = { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' }
      return role({ name: `millrace:aggregate-to-${name}`, labels }, rules)
    }),
    ...Object.entries(NAMED).map(([name, rules]) => role({ name }, rules)),
  ]
}
