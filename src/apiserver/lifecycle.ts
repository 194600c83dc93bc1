// Namespace lifecycle: nothing is written into a namespace that is missing, nothing new into one that is going away.
import type { AdmissionStep } from '../core/machinery/admission.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { forbidden, notFound } from '../core/machinery/status.ts'
import { keyOf, type Store } from '../store/store.ts'

const NAMESPACES = { group: '', plural: 'namespaces' }

/** Namespaces that Kubernetes never gives up. */
const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-public', 'kube-system'])

/** Asks the store for the namespace of every write. Errors: NotFound, Forbidden. */
export function namespaceLifecycle(store: Store): AdmissionStep {
  const check: AdmissionStep['check'] = async (call, operation) => {
    const { namespace } = call.context
    const { group, plural } = call.resource
    if (operation === 'delete') {
      if (group === NAMESPACES.group && plural === NAMESPACES.plural && IMMORTAL.has(call.name))
        throw forbidden(NAMESPACES, call.name, 'this namespace may not be deleted')
      return
    }
    if (!call.resource.namespaced) return
    const entry = await store.get(keyOf(NAMESPACES, '', namespace))
    if (!entry) throw notFound(NAMESPACES, namespace)
    const phase = (entry.object as KubeObject & { status?: { phase?: string } }).status?.phase
    if (operation === 'create' && (phase === 'Terminating' || entry.object.metadata.deletionTimestamp)) {
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
