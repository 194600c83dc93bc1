// The subresource scale: reads and writes the number of replicas of a workload.
import { fieldElement } from '../../core/machinery/apply/element.ts'
import { lend, takeBack, type SharedField } from '../../core/machinery/apply/lend.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Subresource, Transform } from '../../core/machinery/resource.ts'
import { invalid } from '../../core/machinery/status.ts'
import type { StoredEndpoint } from '../../core/machinery/stored.ts'
import { scaleColumns } from '../columns/workload.ts'
import { formatSelector } from '../labels.ts'
import type { LabelSelector } from '../types/reference.ts'
import { Scale } from '../types/scale.ts'
import { nonNegative } from '../validation/number.ts'

interface Scalable extends KubeObject {
  spec: { replicas?: number }
  status: { replicas?: number }
}

/** How a kind is scaled. */
export interface Scaling<T> {
  /** Of the kind. */
  apiVersion: string
  selector(object: T): LabelSelector
}

/** A Scale with the holders of its field: what a write starts from. */
function writable(scale: Scale, object: Scalable, replicasField: SharedField): Scale {
  const managedFields = lend(object.metadata.managedFields, replicasField)
  return managedFields ? { ...scale, metadata: { ...scale.metadata, managedFields } } : scale
}

function scaleOf({ metadata, spec, status }: Scalable, selector: LabelSelector): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata
  const replicas = spec.replicas ?? 0
  return {
    metadata: {
      ...(name && { name }),
      ...(namespace && { namespace }),
      ...(uid && { uid }),
      ...(resourceVersion && { resourceVersion }),
      ...(creationTimestamp && { creationTimestamp }),
    },
    spec: { ...(replicas !== 0 && { replicas }) },
    status: { replicas: status.replicas ?? 0, selector: formatSelector(selector) },
  }
}

/** The subresource scale of workloads behind `endpoint`. */
export function scaleSubresource<T extends Scalable>(
  endpoint: StoredEndpoint<T>,
  scaling: NoInfer<Scaling<T>>,
): Subresource<Scale> {
  const view = (object: T): Scale => scaleOf(object, scaling.selector(object))
  const replicasField: SharedField = {
    path: [fieldElement('spec'), fieldElement('replicas')],
    parent: scaling.apiVersion,
    child: 'autoscaling/v1',
  }
  const update = async (
    context: Parameters<typeof endpoint.update>[0],
    name: string,
    transform: Transform<Scale>,
  ): Promise<{ object: Scale; created: boolean }> => {
    const { object, created } = await endpoint.update(context, name, async (current) => {
      const { metadata, spec } = await transform(writable(view(current), current, replicasField))
      const errors = nonNegative(spec.replicas, 'spec.replicas')
      if (errors.length > 0) throw invalid('autoscaling', 'Scale', name, errors)
      current.spec.replicas = spec.replicas ?? 0
      const managers = takeBack(current.metadata.managedFields, metadata.managedFields, replicasField)
      if (managers) current.metadata.managedFields = managers
      // A client's precondition becomes one on the workload.
      if (metadata.resourceVersion) current.metadata.resourceVersion = metadata.resourceVersion
      else delete current.metadata.resourceVersion
      return current
    })
    return { object: view(object), created }
  }
  return {
    name: 'scale',
    verbs: ['get', 'patch', 'update'],
    kind: 'Scale',
    group: 'autoscaling',
    version: 'v1',
    schema: Scale,
    columns: scaleColumns,
    tracked: true,
    endpoint: {
      get: async (context, name, options) => view(await endpoint.get(context, name, options)),
      update,
    },
  }
}
