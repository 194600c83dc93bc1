// Who is to know the authority of our certificate: the aggregator by the APIService, admission by the webhooks.
import type { Trusting } from '../../controllers/certificates/controller.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { API_SERVICE, NAME } from '../../install/names.ts'
import { RESOURCES } from '../../install/resources.ts'

interface ApiService extends KubeObject {
  spec: { caBundle?: string }
}
interface Webhooks extends KubeObject {
  webhooks?: { name: string; clientConfig: { caBundle?: string } }[]
}

const apiService: Trusting = {
  resource: RESOURCES.APIService,
  name: API_SERVICE,
  places: (object) => [{ pointer: '/spec/caBundle', found: (object as ApiService).spec.caBundle }],
}

const webhooks: Trusting = {
  resource: RESOURCES.MutatingWebhookConfiguration,
  name: NAME,
  places: (object) =>
    ((object as Webhooks).webhooks ?? []).map(({ name, clientConfig }, index) => ({
      pointer: `/webhooks/${index}/clientConfig/caBundle`,
      found: clientConfig.caBundle,
      guard: { pointer: `/webhooks/${index}/name`, value: name },
    })),
}

export const TRUSTING: readonly Trusting[] = [apiService, webhooks]
