// Definitions of further kinds, of which the sandbox has none.
import { field, object, type Static } from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'

/** A CustomResourceDefinition, as far as clients ask for it: whether there is one. */
export const CustomResourceDefinition = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  'Defines a further kind. The sandbox has none, and takes none.',
  { ...typeMeta, metadata: field(objectMeta, 'Name, labels and the like.') },
)
export type CustomResourceDefinition = Static<typeof CustomResourceDefinition>
