// Roles and questions about rights.
import {
  bool,
  field,
  list,
  map,
  nullable,
  object,
  opt,
  pointer,
  str,
  type Static,
} from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'
import { LabelSelector, LabelSelectorRequirement } from './reference.ts'

const RBAC = 'io.k8s.api.rbac.v1'
const AUTH = 'io.k8s.api.authorization.v1'
const meta = {
  ...typeMeta,
  metadata: field(objectMeta, 'Name, labels and the like.'),
}
const strings = (description: string) => opt(list(str(), description, { listType: 'atomic' }))

const PolicyRule = object(`${RBAC}.PolicyRule`, 'Rights.', {
  verbs: list(str(), 'What may be done.', { mandatory: true, listType: 'atomic' }),
  apiGroups: strings('Groups of the resources.'),
  resources: strings('The resources.'),
  resourceNames: strings('Names of objects; all by default.'),
  nonResourceURLs: strings('Paths.'),
})
const rules = nullable(list(PolicyRule, 'The rights.', { listType: 'atomic' }))

export const Role = object(`${RBAC}.Role`, 'Rights in a namespace. The sandbox only stores it.', { ...meta, rules })
export type Role = Static<typeof Role>

export const ClusterRole = object(`${RBAC}.ClusterRole`, 'Rights everywhere. The sandbox only stores it.', {
  ...meta,
  rules,
  aggregationRule: pointer(
    object(`${RBAC}.AggregationRule`, 'Collects the rights of other roles.', {
      clusterRoleSelectors: opt(list(LabelSelector, 'Those roles.', { listType: 'atomic' })),
    }),
  ),
})
export type ClusterRole = Static<typeof ClusterRole>

const Subject = object(`${RBAC}.Subject`, 'Who has rights.', {
  kind: str('User, Group or ServiceAccount.', { mandatory: true }),
  apiGroup: opt(str('Group of the kind.')),
  name: str('Name of the subject.', { mandatory: true }),
  namespace: opt(str('Namespace of a service account.')),
})
const binding = {
  ...meta,
  subjects: opt(list(Subject, 'Who has the rights.', { listType: 'atomic' })),
  roleRef: field(
    object(`${RBAC}.RoleRef`, 'Names a role.', {
      apiGroup: str('Group of the role.', { mandatory: true }),
      kind: str('Role or ClusterRole.', { mandatory: true }),
      name: str('Name of the role.', { mandatory: true }),
    }),
    'The role.',
    { mandatory: true },
  ),
}
export const RoleBinding = object(
  `${RBAC}.RoleBinding`,
  'Gives rights in a namespace. The sandbox only stores it.',
  binding,
)
export type RoleBinding = Static<typeof RoleBinding>
export const ClusterRoleBinding = object(
  `${RBAC}.ClusterRoleBinding`,
  'Gives rights everywhere. The sandbox only stores it.',
  binding,
)
export type ClusterRoleBinding = Static<typeof ClusterRoleBinding>

const requirement = (definition: string, what: string) =>
  object(definition, `One condition on a ${what}.`, {
    key: str(`The ${what}.`, { mandatory: true }),
    operator: str('In, NotIn, Exists or DoesNotExist.', { mandatory: true }),
    values: strings('Values for In and NotIn.'),
  })
const selector = (name: string, items: ReturnType<typeof requirement>) =>
  pointer(
    object(`${AUTH}.${name}`, 'Selector of the request.', {
      rawSelector: opt(str('The selector as text.')),
      requirements: opt(list(items, 'The selector in parts.', { listType: 'atomic' })),
    }),
  )
const selectors = {
  fieldSelector: selector(
    'FieldSelectorAttributes',
    requirement('io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement', 'field'),
  ),
  labelSelector: selector('LabelSelectorAttributes', LabelSelectorRequirement),
}
const ResourceAttributes = object(`${AUTH}.ResourceAttributes`, 'A request to a resource.', {
  namespace: opt(str('Namespace.')),
  verb: opt(str('What is to be done.')),
  group: opt(str('Group of the resource.')),
  version: opt(str('Version of the resource.')),
  resource: opt(str('The resource.')),
  subresource: opt(str('Part of the resource.')),
  name: opt(str('Name of the object.')),
  ...selectors,
})
const NonResourceAttributes = object(`${AUTH}.NonResourceAttributes`, 'A request to a path.', {
  path: opt(str('The path.')),
  verb: opt(str('What is to be done.')),
})
const question = {
  resourceAttributes: pointer(ResourceAttributes),
  nonResourceAttributes: pointer(NonResourceAttributes),
}
const status = object(`${AUTH}.SubjectAccessReviewStatus`, 'The answer.', {
  allowed: bool('It may.', { mandatory: true }),
  denied: opt(bool('It may not, whatever others say.')),
  reason: opt(str('Why.')),
  evaluationError: opt(str('What went wrong.')),
})

export const SelfSubjectAccessReview = object(`${AUTH}.SelfSubjectAccessReview`, 'May I?', {
  ...meta,
  spec: field(object(`${AUTH}.SelfSubjectAccessReviewSpec`, 'The question.', question), 'The question.', {
    mandatory: true,
  }),
  status: field(status, 'The answer.'),
})
export type SelfSubjectAccessReview = Static<typeof SelfSubjectAccessReview>

const verbs = list(str(), 'What may be done.', { mandatory: true, listType: 'atomic' })
export const SelfSubjectRulesReview = object(`${AUTH}.SelfSubjectRulesReview`, 'What may I do in a namespace?', {
  ...meta,
  spec: field(
    object(`${AUTH}.SelfSubjectRulesReviewSpec`, 'The question.', { namespace: opt(str('The namespace.')) }),
    'The question.',
  ),
  status: field(
    object(`${AUTH}.SubjectRulesReviewStatus`, 'The answer.', {
      resourceRules: list(
        object(`${AUTH}.ResourceRule`, 'Rights on resources.', {
          verbs,
          apiGroups: strings('Groups.'),
          resources: strings('Resources.'),
          resourceNames: strings('Names of objects.'),
        }),
        'What may be done to resources.',
      ),
      nonResourceRules: list(
        object(`${AUTH}.NonResourceRule`, 'Rights on paths.', { verbs, nonResourceURLs: strings('Paths.') }),
        'What may be done to paths.',
      ),
      incomplete: bool('There may be more.', { mandatory: true }),
      evaluationError: opt(str('What went wrong.')),
    }),
    'The answer.',
  ),
})
export type SelfSubjectRulesReview = Static<typeof SelfSubjectRulesReview>

/** Whether some user may do something: like the self review, about anyone. */
export const SubjectAccessReview = object(`${AUTH}.SubjectAccessReview`, 'May somebody?', {
  ...meta,
  spec: field(
    object(`${AUTH}.SubjectAccessReviewSpec`, 'The question.', {
      ...question,
      user: opt(str('The user.')),
      groups: strings("The user's groups."),
      extra: opt(map(list(str()), 'More about the user.')),
      uid: opt(str('UID of the user.')),
    }),
    'The question.',
    { mandatory: true },
  ),
  status: field(status, 'The answer.'),
})
export type SubjectAccessReview = Static<typeof SubjectAccessReview>
