// Who is to know the authority of our certificate: the aggregator, by the APIService. All requests come through it.
import type { Trusting } from '../../controllers/certificates/controller.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { API_SERVICE } from '../../install/names.ts'
import { RESOURCES } from '../../install/resources.ts'

interface ApiService extends KubeObject {
  spec: { caBundle?: string }
}

const apiService: Trusting = {
  resource: RESOURCES.APIService,
  name: API_SERVICE,
  places: (object) => [{ pointer: '/spec/caBundle', found: (object as ApiService).spec.caBundle }],
}

export const TRUSTING: readonly Trusting[] = [apiService]
