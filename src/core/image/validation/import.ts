import * as errors from '../../machinery/fieldError.ts'
import type { FieldError } from '../../machinery/fieldError.ts'
import type { ImageImportSpec, ImageStreamImport, RepositoryImportSpec } from '../types.ts'
import { checkReference } from './reference.ts'
import { validateImportMode } from './tag.ts'

/** Errors of an import, but for its metadata. */
export function validateImport(isi: ImageStreamImport): FieldError[] {
  const { images = [], repository } = isi.spec
  const found: FieldError[] = []
  if (images.length === 0 && !repository)
    found.push(errors.invalid('spec.images', undefined, 'you must specify at least one image or a repository import'))
  for (const [i, image] of images.entries()) errors.append(found, validateItem(image, `spec.images[${i}]`))
  if (repository) errors.append(found, validateRepository(repository, 'spec.repository'))
  return found
}

const KIND = 'DockerImage'

/** Every tag of a repository, in clients of long ago: let through, and refused by the importer. */
const EVERYTHING = '*'

function validateItem(image: ImageImportSpec, path: string): FieldError[] {
  const { kind = '', name = '' } = image.from
  const mode = validateImportMode(image.importPolicy, `${path}.importPolicy`)
  if (kind !== KIND) return [wrongKind(path, kind), ...mode]
  const found: FieldError[] = []
  if (image.to && !image.to.name)
    found.push(errors.invalid(`${path}.to.name`, '', 'the name of the target tag must be specified'))
  if (!name) found.push(errors.required(`${path}.from.name`))
  else if (name !== EVERYTHING) errors.append(found, checkReference(`${path}.from.name`, name))
  return [...found, ...mode]
}

function validateRepository(repository: RepositoryImportSpec, path: string): FieldError[] {
  const { kind = '', name = '' } = repository.from
  const field = `${path}.from.name`
  const mode = validateImportMode(repository.importPolicy, `${path}.importPolicy`)
  if (kind !== KIND) return [wrongKind(path, kind), ...mode]
  if (!name) return [errors.required(field, 'container image references require a name'), ...mode]
  const found = checkReference(field, name, ({ tag, id }) =>
    tag || id ? [errors.invalid(field, name, 'you must specify an image repository, not a tag or ID')] : [],
  )
  return [...found, ...mode]
}

const wrongKind = (path: string, kind: string): FieldError =>
  errors.invalid(`${path}.from.kind`, kind, 'only DockerImage is supported')
