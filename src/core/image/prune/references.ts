// The references to images inside workloads and builds.
import type { KubeObject } from '../../machinery/object.ts'
import { valueAt } from '../podSpec.ts'

/** A reference to an image, and where in its object it stands. */
export interface ImageUse {
  kind: 'DockerImage' | 'ImageStreamTag' | 'ImageStreamImage'
  name: string
  /** Of stream kinds: '' means that of the object. */
  namespace: string
  /** "container main", or '' for the only one that there can be. */
  where: string
}

/** References of the pod spec at a path, such as `spec.template.spec`; blank ones are none. */
export function podSpecUses(path: string, object: KubeObject): ImageUse[] {
  const lists = [
    ['initContainers', 'init container', 'image'],
    ['containers', 'container', 'image'],
    ['ephemeralContainers', 'ephemeral container', 'image'],
    ['volumes', 'volume', 'image.reference'],
  ] as const
  return lists
    .flatMap(([list, words, field]) => {
      return elements(valueAt(`${path}.${list}`, object)).map((element): ImageUse => {
        const name = text(valueAt(field, element)).trim() && text(valueAt(field, element))
        return { kind: 'DockerImage', name, namespace: '', where: `${words} ${text(valueAt('name', element))}` }
      })
    })
    .filter(({ name }) => name !== '')
}

/** The builder image of a Build or BuildConfig. */
export function strategyUses(object: KubeObject): ImageUse[] {
  return ['sourceStrategy', 'dockerStrategy', 'customStrategy'].flatMap((strategy) => {
    const from = valueAt(`spec.strategy.${strategy}.from`, object)
    const kind = valueAt('kind', from)
    const name = text(valueAt('name', from))
    if (name.trim() === '' || (kind !== 'DockerImage' && kind !== 'ImageStreamTag' && kind !== 'ImageStreamImage'))
      return []
    return [{ kind, name, namespace: text(valueAt('namespace', from)), where: '' } satisfies ImageUse]
  })
}

const elements = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
