import { PATCH_MEDIA_TYPES, type PatchType } from '../../core/machinery/client.ts'
import { required } from '../../core/machinery/fieldError.ts'
import { apiVersionOf, type KubeObject } from '../../core/machinery/object.ts'
import { applyJsonPatch } from '../../core/machinery/patch/json.ts'
import { applyMergePatch } from '../../core/machinery/patch/merge.ts'
import { applyStrategicMergePatch } from '../../core/machinery/patch/strategic.ts'
import type { TSchema } from '../../core/machinery/schema.ts'
import { ApiError, badRequest, conflict, invalid, isReason } from '../../core/machinery/status.ts'
import type { Reply } from '../../http/handler.ts'
import { mediaType, parseText, readBody } from '../body.ts'
import { type Call, spokenBy } from '../call.ts'
import { decodeObject, type FieldValidation } from '../decode.ts'
import type { Exchange } from '../exchange.ts'
import type { Admission } from '../admission.ts'
import { fieldValidation } from '../options.ts'
import { applied, own } from '../ownership.ts'
import { permit } from '../permit.ts'
import { respond } from '../respond.ts'
import { createDecoded } from './create.ts'
import { matchName, matchNamespace } from './match.ts'
import { change } from './update.ts'

/** A patch with the query that came along. */
export interface PatchRequest {
  type: PatchType
  patch: unknown
  validation: FieldValidation
  fieldManager?: string
  force?: boolean
}

/** PATCH: 200 with the object, or 201 where apply made it. */
export async function patch(exchange: Exchange): Promise<Reply> {
  const { call, request } = exchange
  const type = patchType(mediaType(request))
  const raw = await readBody(request)
  const { value, complaints } = parseText(raw, PATCH_MEDIA_TYPES[type], 'patch')
  const { query } = request
  const asked: PatchRequest = {
    type,
    patch: value,
    validation: fieldValidation('patch', query),
    force: query.get('force') === 'true',
  }
  const fieldManager = query.get('fieldManager')
  if (fieldManager) asked.fieldManager = fieldManager
  if (complaints.length > 0) refuseDuplicates(asked.validation, complaints, call.context.warn)
  const result = await patchDecoded(call, asked, exchange.admit)
  return respond(exchange, result.created ? 201 : 200, result.object)
}

/** Applies a patch to an object: shared by HTTP and the in-process client. */
export function patchDecoded(
  call: Call,
  asked: PatchRequest,
  admit: Admission,
): Promise<{ object: KubeObject; created: boolean }> {
  if (asked.type === 'apply') return apply(call, asked, admit)
  return change(call, (current) => patched(call, current, asked), admit)
}

/** The current object with a patch that is none of apply, decoded like any object that a client sends. */
function patched(call: Call, current: KubeObject, asked: PatchRequest): KubeObject {
  const spoken = spokenBy(call)
  const before = { kind: spoken.kind, apiVersion: apiVersionOf(spoken), ...current }
  return own(call, current, decoded(call, merged(spoken.schema, before, asked), asked))
}

function merged(schema: TSchema, before: KubeObject, { type, patch }: PatchRequest): unknown {
  if (type === 'json') return applyJsonPatch(before, patch)
  return type === 'merge' ? applyMergePatch(before, patch) : applyStrategicMergePatch(schema, before, patch)
}

function decoded(call: Call, value: unknown, asked: PatchRequest): KubeObject {
  const object = decodeObject(spokenBy(call), value, asked.validation, call.context.warn)
  matchNamespace(call, object)
  return object
}

/** Server-side apply, which creates what is missing. */
async function apply(
  call: Call,
  asked: PatchRequest,
  admit: Admission,
): Promise<{ object: KubeObject; created: boolean }> {
  if (!asked.fieldManager)
    throw invalid('meta.k8s.io', 'PatchOptions', '', [required('fieldManager', 'is required for apply patch')])
  const result = (current: KubeObject | undefined): KubeObject => {
    const object = decoded(call, applied(call, current, asked.patch, asked.force ?? false), asked)
    const { uid } = object.metadata
    if (uid && !current?.metadata.uid) throw conflict(call.resource, call.name, uidMismatch(uid))
    return object
  }
  try {
    return await change(call, result, admit)
  } catch (error) {
    if (!isReason(error, 'NotFound') || call.subresource) throw error
  }
  const object = result(undefined)
  object.metadata.name ||= call.name
  matchName(call, object)
  await permit(call, 'create')
  try {
    return { object: await createDecoded(call, object, admit, 'applied'), created: true }
  } catch (error) {
    // Somebody else has made it meanwhile: then it is there to apply to.
    if (!isReason(error, 'AlreadyExists')) throw error
    return change(call, result, admit)
  }
}

const uidMismatch = (uid: string): string =>
  `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`

function patchType(type: string): PatchType {
  for (const [name, media] of Object.entries(PATCH_MEDIA_TYPES)) if (media === type) return name as PatchType
  throw unsupported(
    `the body of the request was in an unknown format - accepted media types include: ${Object.values(PATCH_MEDIA_TYPES).join(', ')}`,
  )
}

const unsupported = (message: string): ApiError => new ApiError(415, 'UnsupportedMediaType', message, {})

function refuseDuplicates(
  validation: FieldValidation,
  complaints: readonly string[],
  warn: (text: string) => void,
): void {
  if (validation === 'Strict') throw badRequest(`error decoding patch: strict decoding error: ${complaints.join(', ')}`)
  if (validation === 'Warn') complaints.forEach(warn)
}
