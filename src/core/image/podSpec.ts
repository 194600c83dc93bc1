// Where containers are in an object that holds a pod spec, wherever that lies.
import type { KubeObject } from '../machinery/object.ts'

export type ContainerList = 'containers' | 'initContainers'

/** A container and its place in the pod spec. Where the field is missing, `name` is '' and `image` undefined. */
export interface ContainerPlace {
  list: ContainerList
  index: number
  name: string
  image: string | undefined
}

/** All containers of the pod spec at `path` (`spec.template.spec`), init containers first: names are looked up in that order. */
export function containersAt(path: string, object: KubeObject): ContainerPlace[] {
  const spec = valueAt(path, object)
  return [...places(spec, 'initContainers'), ...places(spec, 'containers')]
}

/** What people call a container: its name, else its position. */
export const placeName = ({ name, index }: ContainerPlace): string => name || `[${index}]`

/** JSON pointer of a field of a container of the pod spec at `path`. */
export function pointerAt(path: string, { list, index }: ContainerPlace, field: string): string {
  return `/${path.replaceAll('.', '/')}/${list}/${index}/${field}`
}

/** Path of the metadata of what holds the pod spec at `path`: a pod template, or the object itself. */
export const metadataPath = (path: string): string => path.replace(/[^.]*$/, 'metadata')

/** Path of what holds the pod spec at `path`: a pod template; '' for the object itself. */
export const templatePath = (path: string): string => path.replace(/\.?[^.]*$/, '')

/** What lies at a path of names joined by dots; undefined where there is nothing. */
export function valueAt(path: string, object: unknown): unknown {
  let value = object
  for (const key of path.split('.')) value = property(value, key)
  return value
}

function places(spec: unknown, list: ContainerList): ContainerPlace[] {
  const containers = property(spec, list)
  if (!Array.isArray(containers)) return []
  return containers.map((container: unknown, index) => {
    const name = property(container, 'name')
    const image = property(container, 'image')
    return {
      list,
      index,
      name: typeof name === 'string' ? name : '',
      image: typeof image === 'string' ? image : undefined,
    }
  })
}

function property(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}
