// Who is to know the authority of our certificate: the aggregator, by the APIServices. All requests come through it.
import type { Trusting } from '../../controllers/certificates/controller.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { API_SERVICES } from '../../install/names.ts'
import { isInjected } from '../../install/objects/certificates.ts'
import { RESOURCES } from '../../install/resources.ts'

interface ApiService extends KubeObject {
  spec: { caBundle?: string }
}

export const TRUSTING: readonly Trusting[] = API_SERVICES.map((name) => ({
  resource: RESOURCES.APIService,
  name,
  // Until the installation that replaces cert-manager is done, that has its say.
  places: (object) =>
    isInjected(object) ? [] : [{ pointer: '/spec/caBundle', found: (object as ApiService).spec.caBundle }],
}))
