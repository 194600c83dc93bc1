// Field numbers of io.k8s.apimachinery.pkg.apis.meta.v1, as numbers.ts reads them.
export const meta = {
  FieldSelectorRequirement: 'key operator values',
  LabelSelector: 'matchLabels matchExpressions',
  LabelSelectorRequirement: 'key operator values',
  ManagedFieldsEntry: 'manager operation apiVersion time _ fieldsType fieldsV1 subresource',
  ObjectMeta: `
    name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp
    deletionGracePeriodSeconds labels annotations ownerReferences finalizers _ _ managedFields`,
  OwnerReference: 'kind _ name uid apiVersion controller blockOwnerDeletion',
}
