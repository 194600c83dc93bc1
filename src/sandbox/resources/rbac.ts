// Roles and their bindings: kept, shown, and without any effect. The sandbox has one user, who may do everything.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { invalid, required, type FieldError } from '../../core/machinery/fieldError.ts'
import { pathSegment } from '../../core/machinery/meta/names.ts'
import type { Resource } from '../../core/machinery/resource.ts'
import type { StoredFactory } from '../../core/machinery/stored.ts'
import { bindingColumns, datedColumns } from '../columns/data.ts'
import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../types/access.ts'
import { declare } from './declare.ts'

const group = 'rbac.authorization.k8s.io'
/** Bindings of both scopes look the same. */
type Binding = RoleBinding

function validateRole({ rules }: Role | ClusterRole): FieldError[] {
  return (rules ?? []).flatMap(({ verbs }, i) =>
    verbs.length === 0 ? [required(`rules[${i}].verbs`, 'verbs must contain at least one value')] : [],
  )
}

function validateBinding(object: Binding, old?: Binding): FieldError[] {
  const errors = object.roleRef.name === '' ? [required('roleRef.name')] : []
  if (old && !deepEqual(object.roleRef, old.roleRef))
    errors.push(invalid('roleRef', object.roleRef, 'cannot change roleRef'))
  return errors
}

function defaultBinding({ roleRef, subjects }: Binding): void {
  roleRef.apiGroup ||= group
  for (const subject of subjects ?? []) if (subject.kind !== 'ServiceAccount') subject.apiGroup ||= group
}

const roles = { validateName: pathSegment, validate: validateRole }
const bindings = { validateName: pathSegment, validate: validateBinding, defaults: defaultBinding }

/** The resources of rbac.authorization.k8s.io/v1. */
export function rbacResources(stored: StoredFactory): Resource[] {
  const columns = { role: datedColumns, binding: bindingColumns }
  return [
    declare<Role>(stored, { group, kind: 'Role', plural: 'roles', schema: Role, columns: columns.role, rules: roles }),
    declare<RoleBinding>(stored, {
      group,
      kind: 'RoleBinding',
      plural: 'rolebindings',
      schema: RoleBinding,
      columns: columns.binding,
      rules: bindings,
    }),
    declare<ClusterRole>(stored, {
      group,
      kind: 'ClusterRole',
      plural: 'clusterroles',
      namespaced: false,
      schema: ClusterRole,
      columns: columns.role,
      rules: roles,
    }),
    declare<ClusterRoleBinding>(stored, {
      group,
      kind: 'ClusterRoleBinding',
      plural: 'clusterrolebindings',
      namespaced: false,
      schema: ClusterRoleBinding,
      columns: columns.binding,
      rules: bindings,
    }),
  ]
}
