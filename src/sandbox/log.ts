// What `kubectl logs` prints: nothing runs, so it tells what would.
import { badRequest } from '../core/machinery/status.ts'
import { containersOf } from './defaults/pod.ts'
import type { Container } from './types/container.ts'
import type { Pod } from './types/pod.ts'

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/** Words as a shell would need them. */
const quote = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')

function lines(pod: Pod, { image = '', command, args, name }: Container): string[] {
  const [reference, digest] = image.split('@', 2)
  const { namespace = '', name: podName = '' } = pod.metadata
  return [
    'This is the sandbox of Millrace: no container runs here. On a cluster this one would:',
    `pod: ${namespace}/${podName}`,
    `container: ${name}`,
    `image: ${image}`,
    ...(digest ? [`repository: ${reference ?? ''}`, `digest: ${digest}`] : ['digest: not pinned']),
    `command: ${command ? quote(command) : "the image's entrypoint"}`,
    `args: ${args ? quote(args) : command ? 'none' : "the image's arguments"}`,
  ]
}

function pick(pod: Pod, wanted: string | null): Container {
  const { name = '', annotations } = pod.metadata
  const all = containersOf(pod.spec)
  const names = pod.spec.containers.map((c) => c.name)
  const chosen = wanted || annotations?.[DEFAULT_CONTAINER] || (names.length === 1 ? names[0] : '')
  if (!chosen) {
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`)
  }
  const container = all.find((c) => c.name === chosen)
  if (!container) throw badRequest(`container ${chosen} is not valid for pod ${name}`)
  return container
}

function checkStarted(pod: Pod, container: Container): void {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status
  const status = [...containerStatuses, ...initContainerStatuses].find((s) => s.name === container.name)
  const reason = status ? status.state.waiting?.reason : 'ContainerCreating'
  if (reason === undefined) return
  const why =
    reason === 'InvalidImageName'
      ? `container is waiting to start: invalid image name: "${container.image ?? ''}"`
      : `container is waiting to start: ${reason}`
  throw badRequest(`container "${container.name}" in pod "${pod.metadata.name ?? ''}" ${why.replace('container ', '')}`)
}

/** The log of one container. `query`: container, tailLines, limitBytes, timestamps, previous as Kubernetes knows them. */
export function podLog(pod: Pod, query: URLSearchParams): string {
  const container = pick(pod, query.get('container'))
  if (query.get('previous') === 'true') {
    const { name = '' } = pod.metadata
    throw badRequest(`previous terminated container "${container.name}" in pod "${name}" not found`)
  }
  checkStarted(pod, container)
  let printed = lines(pod, container)
  const tail = query.get('tailLines')
  if (tail !== null && /^\d+$/.test(tail)) printed = Number(tail) === 0 ? [] : printed.slice(-Number(tail))
  if (query.get('timestamps') === 'true') {
    const time = pod.status.startTime ?? pod.metadata.creationTimestamp ?? ''
    printed = printed.map((line) => `${time} ${line}`)
  }
  const text = printed.map((line) => `${line}\n`).join('')
  const limit = Number(query.get('limitBytes') ?? Number.NaN)
  return limit > 0 ? Buffer.from(text).subarray(0, limit).toString('utf8') : text
}
