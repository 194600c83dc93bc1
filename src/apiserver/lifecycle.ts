// Namespace lifecycle: nothing is written into a namespace that is missing, nothing new into one that is going away.
import type { AdmissionStep } from '../core/machinery/admission.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { forbidden, notFound } from '../core/machinery/status.ts'

const NAMESPACES = { group: '', plural: 'namespaces' }

/** Gets a namespace; undefined when there is none. */
export type NamespaceReader = (name: string) => Promise<KubeObject | undefined>

/** Asks for the namespace of every write. Errors: NotFound, Forbidden. */
export function namespaceLifecycle(read: NamespaceReader): AdmissionStep {
  const check: AdmissionStep['check'] = async (call, operation) => {
    const { namespace } = call.context
    if (operation === 'delete' || !call.resource.namespaced) return
    const found: (KubeObject & { status?: { phase?: string } }) | undefined = await read(namespace)
    if (!found) throw notFound(NAMESPACES, namespace)
    const isTerminating = found.status?.phase === 'Terminating' || found.metadata.deletionTimestamp !== undefined
    if (operation === 'create' && isTerminating) {
      const error = forbidden(
        call.resource,
        call.name,
        `unable to create new content in namespace ${namespace} because it is being terminated`,
      )
      error.status.details = {
        ...error.status.details,
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: `namespace ${namespace} is being terminated`,
            field: 'metadata.namespace',
          },
        ],
      }
      throw error
    }
  }
  return { check }
}
