// Which registries an import may talk to.
import { registryAddress, registryProblem } from '../../core/image/registryPolicy.ts'
import type { ImageStreamImport, ObjectReference, TagImportPolicy } from '../../core/image/types.ts'
import { append, type FieldError, forbidden } from '../../core/machinery/fieldError.ts'
import type { Context } from '../../core/machinery/resource.ts'
import { invalid } from '../../core/machinery/status.ts'
import { tryParseReference } from '../../core/oci/reference.ts'
import { GROUP, type ImageConfig } from './deps.ts'

/** Refuses imports from registries that are not allowed, unless the user may create Images anyway. Error: Invalid. */
export async function checkImportRegistries(
  isi: ImageStreamImport,
  config: ImageConfig,
  context: Context,
): Promise<void> {
  if (!config.allowedRegistries?.length || (await isPrivileged(context))) return
  const { images = [], repository } = isi.spec
  const errors = images.flatMap((image, i) => problem(image, `spec.images[${i}].from.name`, config) ?? [])
  if (repository) append(errors, [problem(repository, 'spec.repository.from.name', config) ?? []].flat())
  if (errors.length > 0) throw invalid(GROUP, 'ImageStreamImport', isi.metadata.name ?? '', errors)
}

async function isPrivileged(context: Context): Promise<boolean> {
  // Both are asked for the cluster as a whole; the second name is what OpenShift asks for, though no such resource exists.
  for (const resource of ['images', 'imagestreammapping']) {
    const answer = await context.authorize({ verb: 'create', group: GROUP, resource })
    if (answer.allowed) return true
  }
  return false
}

function problem(
  item: { from: ObjectReference; importPolicy: TagImportPolicy },
  field: string,
  config: ImageConfig,
): FieldError | undefined {
  const reference = tryParseReference(item.from.name ?? '')
  if (!reference) return undefined
  const insecure = item.importPolicy.insecure ?? false
  const why = registryProblem(config, reference, insecure ? 'insecure' : 'secure')
  if (!why) return undefined
  const address = JSON.stringify(registryAddress(reference, insecure))
  return forbidden(field, `importing images from registry ${address} is forbidden: ${why}`)
}
