// CustomResourceDefinitions: an empty list. kubectl looks a kind up there that the server does not know, and only when it
// can do so says what is the matter: that there are no Services here, say.
import type { Resource } from '../../core/machinery/resource.ts'
import { notFound } from '../../core/machinery/status.ts'
import { nameColumn } from '../columns/cell.ts'
import { CustomResourceDefinition } from '../types/extension.ts'

const group = 'apiextensions.k8s.io'
const plural = 'customresourcedefinitions'

const definitions: Resource<CustomResourceDefinition> = {
  group,
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural,
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  namespaced: false,
  verbs: ['get', 'list'],
  schema: CustomResourceDefinition,
  columns: [
    nameColumn,
    {
      name: 'Created At',
      type: 'date',
      description: 'When the definition was created.',
      cell: ({ metadata }) => metadata.creationTimestamp ?? null,
    },
  ],
  endpoint: {
    get: (_context, name) => Promise.reject(notFound({ group, plural }, name)),
    list: () => Promise.resolve({ metadata: {}, items: [] }),
  },
}

/** The resources of apiextensions.k8s.io/v1. */
export function extensionResources(): Resource[] {
  return [definitions]
}
