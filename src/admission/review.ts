// AdmissionReview: how a cluster's API server asks what is to become of a write.
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
import type { AdmissionStep, Write } from '../core/machinery/admission.ts'
import { clone } from '../core/machinery/json/clone.ts'
import { isObject } from '../core/machinery/json/jsonObject.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { diff } from '../core/machinery/patch/diff.ts'
import type { Context, User } from '../core/machinery/resource.ts'
import { badRequest } from '../core/machinery/status.ts'

/** What is asked: AdmissionRequest of admission.k8s.io/v1, as far as it is looked at. */
interface AdmissionRequest {
  uid: string
  resource: { group: string; version: string; resource: string }
  subResource?: string
  name?: string
  namespace?: string
  operation: string
  userInfo?: { username?: string; groups?: string[] }
  object: KubeObject | null
  oldObject: KubeObject | null
  dryRun?: boolean
}

/** What is answered. */
export interface AdmissionReview {
  apiVersion: 'admission.k8s.io/v1'
  kind: 'AdmissionReview'
  response: { uid: string; allowed: true; patchType?: 'JSONPatch'; patch?: string; warnings?: string[] }
}

/** What a context needs beside the request. */
export interface ReviewEnvironment {
  signal: AbortSignal
  now: () => Date
  uid: () => string
}

/** Lets the steps change the object of a review, and answers with the difference. A write is never refused. Error: BadRequest. */
export async function review(
  steps: readonly AdmissionStep[],
  body: unknown,
  environment: ReviewEnvironment,
): Promise<AdmissionReview> {
  const request = requestOf(body)
  const warnings: string[] = []
  const write = writeOf(request, environment, warnings)
  const { object, oldObject } = request
  const next = object && clone(object)
  if (next) for (const step of steps) await step.mutate?.(write, next, oldObject ?? undefined)
  const operations = diff(object, next)
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: request.uid,
      allowed: true,
      ...(operations.length > 0 && {
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
      }),
      ...(warnings.length > 0 && { warnings }),
    },
  }
}

function requestOf(body: unknown): AdmissionRequest {
  const wrong = (what: string) => badRequest(`not an AdmissionReview of admission.k8s.io/v1: ${what}`)
  if (!isObject(body) || body['kind'] !== 'AdmissionReview') throw wrong('kind')
  if (body['apiVersion'] !== 'admission.k8s.io/v1') throw wrong(`apiVersion ${JSON.stringify(body['apiVersion'])}`)
  const { request } = body
  if (!isObject(request) || typeof request['uid'] !== 'string') throw wrong('request.uid')
  const { resource, object = null, oldObject = null } = request
  if (!isObject(resource) || typeof resource['resource'] !== 'string') throw wrong('request.resource')
  for (const [name, value] of Object.entries({ object, oldObject }))
    if (value !== null && !(isObject(value) && isObject(value['metadata']))) throw wrong(`request.${name}`)
  return { ...request, object, oldObject } as unknown as AdmissionRequest
}

function writeOf(request: AdmissionRequest, environment: ReviewEnvironment, warnings: string[]): Write {
  const { resource, subResource, name = '', namespace = '', userInfo = {}, dryRun = false } = request
  const user: User = { name: userInfo.username ?? '', groups: userInfo.groups ?? [] }
  const context: Context = {
    ...environment,
    user,
    namespace,
    dryRun,
    // Nothing here acts for the user: what may be read is what the server may. And nothing is stored.
    authorize: () => Promise.resolve({ allowed: false, reason: 'admission does not ask for rights' }),
    reserve: () => Promise.resolve(() => Promise.resolve()),
    warn: (text) => {
      if (!warnings.includes(text)) warnings.push(text)
    },
  }
  const { group, version, resource: plural } = resource
  return {
    resource: { group, version, plural, namespaced: namespace !== '' },
    ...(subResource && { subresource: { name: subResource } }),
    context,
    name,
  }
}
