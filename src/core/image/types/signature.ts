// ImageSignature: a statement about an image, kept with it.
import { bytes, field, list, map, nullable, object, opt, pointer, str, time } from '../../machinery/schema.ts'
import type { Static } from '../../machinery/schema.ts'
import { definition } from './definition.ts'
import { metadata, typeMeta } from './metadata.ts'

/** What a verifier found out about a signature. */
export const SignatureCondition = object(definition('SignatureCondition'), 'What a verifier found out.', {
  type: str('Trusted or ForImage.'),
  status: str('True, False or Unknown.'),
  lastProbeTime: nullable(time('When it was last checked.')),
  lastTransitionTime: nullable(time('When the status last changed.')),
  reason: opt(str('A word for the cause.')),
  message: opt(str('The cause, for people.')),
})
export type SignatureCondition = Static<typeof SignatureCondition>

const organization = opt(str('Name of the organization.'))
const commonName = opt(str('Common name, such as an address.'))

/** Who issued a signing certificate or key. */
export const SignatureIssuer = object(definition('SignatureIssuer'), 'An issuer of certificates or keys.', {
  organization,
  commonName,
})
/** To whom a signing certificate or key belongs. */
export const SignatureSubject = object(definition('SignatureSubject'), 'A holder of a certificate or key.', {
  organization,
  commonName,
  publicKeyID: str('Identifies the public key.'),
})

/** ImageSignature of image.openshift.io/v1; its name is `<image>@<signature>`. */
export const ImageSignature = object(definition('ImageSignature'), 'A signature of an image.', {
  ...typeMeta,
  metadata,
  type: str('Kind of signature, such as AtomicImageV1.'),
  content: nullable(bytes('The signature itself.')),
  conditions: opt(list(SignatureCondition, 'What verifiers found out.', { mergeKey: 'type' })),
  imageIdentity: opt(str('The pull specification that was signed.')),
  signedClaims: opt(map(str(), 'Claims of the signature.')),
  created: pointer(time('When the signature was made.')),
  issuedBy: pointer(field(SignatureIssuer, 'Who issued the signing certificate or key.')),
  issuedTo: pointer(field(SignatureSubject, 'Who holds the signing certificate or key.')),
})
export type ImageSignature = Static<typeof ImageSignature>
