// Field numbers of io.k8s.api.rbac.v1, as numbers.ts reads them.
export const rbac = {
  AggregationRule: 'clusterRoleSelectors',
  ClusterRole: 'metadata rules aggregationRule',
  ClusterRoleBinding: 'metadata subjects roleRef',
  PolicyRule: 'verbs apiGroups resources resourceNames nonResourceURLs',
  Role: 'metadata rules',
  RoleBinding: 'metadata subjects roleRef',
  RoleRef: 'apiGroup kind name',
  Subject: 'kind apiGroup name namespace',
}
