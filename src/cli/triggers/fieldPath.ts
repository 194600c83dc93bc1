// Which container a trigger's fieldPath means: OpenShift's small grammar, not JSONPath.
import type { Container } from './workload.ts'

const PATH = /^(containers|initContainers)\[([^\]]*)\]\.?image$/
const NAME_START = '?(@.name=="'
const NAME_END = '")'

/** The container whose image a path names, or undefined. `base` is the path of the pod spec. */
export function containerAt(
  path: string,
  base: string,
  pod: { containers: readonly Container[]; initContainers: readonly Container[] },
): Container | undefined {
  if (!path.startsWith(`${base}.`)) return undefined
  const [, list, selector = ''] = PATH.exec(path.slice(base.length + 1)) ?? []
  if (!list) return undefined
  if (/^[0-9]+$/.test(selector)) return pod[list as 'containers' | 'initContainers'][Number(selector)]
  const start = selector.startsWith(NAME_START) ? NAME_START.length : 0
  const end = selector.length - (selector.endsWith(NAME_END) ? NAME_END.length : 0)
  // Only one of the two decorations may be missing; a bare word names nothing.
  if (start === 0 && end === selector.length) return undefined
  const name = selector.slice(start, end)
  // A name is looked for among init containers first, whichever list the path says.
  return [...pod.initContainers, ...pod.containers].find((container) => container.name === name)
}

/** The path that the triggers of a container are written with. */
export function fieldPathOf(container: string, base: string): string {
  return `${base}.containers[${NAME_START}${container}${NAME_END}].image`
}
