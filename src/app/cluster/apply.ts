// Applying objects to a cluster, whole and under one name.
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject, ResourceRef } from '../../core/machinery/object.ts'
import { ifFound } from '../../core/machinery/status.ts'

/** Who owns what is applied. */
const MANAGER = 'millrace'

/** Resources of the kinds that we apply. */
const RESOURCES: Readonly<Record<string, ResourceRef>> = {
  Namespace: { group: '', version: 'v1', plural: 'namespaces' },
  Service: { group: '', version: 'v1', plural: 'services' },
  APIService: { group: 'apiregistration.k8s.io', version: 'v1', plural: 'apiservices' },
  MutatingWebhookConfiguration: {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    plural: 'mutatingwebhookconfigurations',
  },
  CustomResourceDefinition: { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' },
}

function targetOf({ kind = '', metadata: { name = '', namespace } }: KubeObject) {
  const resource = RESOURCES[kind]
  if (!resource) throw new Error(`no resource is known for ${kind}`)
  return { resource, name, ...(namespace && { namespace }) }
}

/** Creates or changes an object to what it is here; fields that others have set stay. Errors: those of the API. */
export async function apply(client: ObjectClient, object: KubeObject): Promise<void> {
  await client.patch(targetOf(object), 'apply', object, { fieldManager: MANAGER, force: true })
}

/** Deletes an object; one that is not there is no error. */
export async function remove(client: ObjectClient, object: KubeObject): Promise<void> {
  await ifFound(client.delete(targetOf(object)))
}
