import * as errors from '../../machinery/fieldError.ts'
import type { FieldError } from '../../machinery/fieldError.ts'
import { parseSignatureName } from '../names.ts'
import { compareBytes } from '../tagLists.ts'
import type { ImageSignature, SignatureCondition } from '../types.ts'

/** Errors of a signature. `prefix` is '' or the path of the field that holds it, with a dot. */
export function validateSignatureContent(signature: ImageSignature, prefix = ''): FieldError[] {
  const { name = '', labels, annotations } = signature.metadata
  const found: FieldError[] = []
  if (!parseSignatureName(name))
    found.push(errors.invalid(`${prefix}metadata.name`, name, 'name must be of format <imageName>@<signatureName>'))
  if (labels) found.push(errors.forbidden(`${prefix}metadata.labels`, 'signature labels cannot be set'))
  if (annotations) found.push(errors.forbidden(`${prefix}metadata.annotations`, 'signature annotations cannot be set'))
  if (!signature.type) found.push(errors.required(`${prefix}type`))
  if (!signature.content) found.push(errors.required(`${prefix}content`))
  return [...found, ...validateConditions(signature, prefix)]
}

/** Trust is told by two conditions together; without it, nothing may be claimed about the issuer. */
function validateConditions(signature: ImageSignature, prefix: string): FieldError[] {
  const { conditions = [] } = signature
  const trusted = newest(conditions, 'Trusted')
  const forImage = newest(conditions, 'ForImage')
  const found: FieldError[] = []
  if (trusted && !forImage)
    found.push(errors.invalid(`${prefix}conditions`, conditions, 'must be paired with a "ForImage" condition'))
  if (forImage && !trusted)
    found.push(errors.invalid(`${prefix}conditions`, conditions, 'must be paired with a "Trusted" condition'))
  if (trusted && trusted.status !== 'Unknown') return found
  for (const claim of ['imageIdentity', 'signedClaims', 'issuedBy', 'issuedTo'] as const) {
    const value = signature[claim]
    if (value) found.push(errors.invalid(`${prefix}${claim}`, value, 'must be unset for unknown signature state'))
  }
  return found
}

/** The condition of a type that was looked at last; of equal ones the last. RFC 3339 in UTC sorts as text. */
function newest(conditions: readonly SignatureCondition[], type: string): SignatureCondition | undefined {
  return conditions
    .filter((c) => c.type === type)
    .toSorted((a, b) => compareBytes(a.lastProbeTime ?? '', b.lastProbeTime ?? ''))
    .at(-1)
}
