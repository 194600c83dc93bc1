// The CustomResourceDefinition of a stored kind.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
import type { KubeObject } from '../../core/machinery/object.ts'
import type { StoredKind } from '../kubernetes.ts'

/** CustomResourceDefinition of apiextensions.k8s.io/v1, as far as we write it. */
export interface CustomResourceDefinition extends KubeObject {
  spec: object
}

/** What the cluster checks of an object that lies in it: that it is one. Everything else the server has checked that wrote it. */
const OBJECT = {
  type: 'object',
  description: 'The object as it is served. Written by its server alone: changes made here go past all rules.',
  required: ['metadata'],
  'x-kubernetes-preserve-unknown-fields': true,
  // One owner for all of it: otherwise Kubernetes would keep a record of who wrote which of its fields.
  'x-kubernetes-map-type': 'atomic',
  properties: {
    metadata: {
      type: 'object',
      required: ['name', 'uid'],
      'x-kubernetes-preserve-unknown-fields': true,
      properties: {
        name: { type: 'string', minLength: 1 },
        uid: { type: 'string', minLength: 1 },
      },
    },
  },
}

/** The definition; `description` says what its objects are. */
export function customResourceDefinition(
  { stored, namespaced }: StoredKind,
  description: string,
): CustomResourceDefinition {
  const { group, version, plural, kind } = stored
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', description, required: ['object'], properties: { object: OBJECT } },
          },
          additionalPrinterColumns: [
            { name: 'Object', type: 'string', jsonPath: '.object.metadata.name' },
            { name: 'Age', type: 'date', jsonPath: '.object.metadata.creationTimestamp' },
          ],
        },
      ],
    },
  }
}
