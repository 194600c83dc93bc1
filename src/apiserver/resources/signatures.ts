// imagesignatures: signatures, which are kept inside their Image.
import { parseSignatureName } from '../../core/image/names.ts'
import { ImageSignature } from '../../core/image/types.ts'
import { validateSignatureContent } from '../../core/image/validation/signature.ts'
import { formatTime } from '../../core/machinery/object.ts'
import type { Context, Resource } from '../../core/machinery/resource.ts'
import { alreadyExists, badRequest, invalid, notFound, success } from '../../core/machinery/status.ts'
import { GROUP, VERSION } from './deps.ts'
import type { Images } from './images.ts'

/** Clients of OpenShift know this spelling from its errors. */
const subject = { group: GROUP, plural: 'imageSignatures' }

/** What only verifiers of the server may say. */
const SERVER_OWNED = ['conditions', 'imageIdentity', 'signedClaims', 'created', 'issuedBy', 'issuedTo'] as const

/** The resource: create and delete. */
export function signatureResource(imagesFor: Images): Resource<ImageSignature> {
  const images = imagesFor('images')

  const create = async (context: Context, given: ImageSignature): Promise<ImageSignature> => {
    const { kind: _, apiVersion: __, ...signature } = given
    for (const key of SERVER_OWNED) delete signature[key]
    signature.metadata.uid = context.uid()
    signature.metadata.creationTimestamp = formatTime(context.now())
    const name = signature.metadata.name ?? ''
    const errors = validateSignatureContent(signature)
    const parts = parseSignatureName(name)
    if (errors.length > 0 || !parts) throw invalid(GROUP, 'ImageSignature', name, errors)
    await images.update(context, parts.image, (image) => {
      const others = image.signatures ?? []
      const same = (s: ImageSignature) => s.type === signature.type && s.content === signature.content
      if (others.some((s) => s.metadata.name === name || same(s))) throw alreadyExists(subject, name)
      return { ...image, signatures: [...others, signature] }
    })
    return signature
  }

  return {
    group: GROUP,
    version: VERSION,
    kind: 'ImageSignature',
    plural: 'imagesignatures',
    singular: 'imagesignature',
    namespaced: false,
    verbs: ['create', 'delete'],
    schema: ImageSignature,
    endpoint: {
      create,
      async delete(context, name) {
        const parts = parseSignatureName(name)
        if (!parts) throw badRequest('ImageSignatures must be accessed with <imageName>@<signatureName>')
        await images.update(context, parts.image, ({ signatures = [], ...image }) => {
          const rest = signatures.filter((s) => s.metadata.name !== name)
          if (rest.length === signatures.length) throw notFound(subject, name)
          return { ...image, ...(rest.length > 0 && { signatures: rest }) }
        })
        return success()
      },
    },
  }
}
