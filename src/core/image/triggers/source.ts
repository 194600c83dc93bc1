// Sources of triggers: the tag that an entry names.
import { dns1123Label } from '../../machinery/meta/names.ts'
import { DEFAULT_TAG } from '../lookup.ts'
import type { Trigger } from './annotation.ts'
import { didYouMean, entryProblem, quote, type TriggerProblem } from './problem.ts'
import { streamNameProblems, streamPathProblem } from '../validation/name.ts'

/** A tag of a stream. */
export interface TagSource {
  namespace: string
  stream: string
  tag: string
}

const KIND = 'ImageStreamTag'
const API_VERSIONS = ['', 'v1', 'image.openshift.io/v1']

/** The tag that a trigger follows; `namespace` is the workload's. Problems say why there is none, or what was assumed. */
export function sourceOf(
  trigger: Trigger,
  index: number,
  namespace: string,
): { source?: TagSource; problem?: TriggerProblem } {
  const { kind, name, apiVersion } = trigger.from
  if ((kind !== '' && kind !== KIND) || !API_VERSIONS.includes(apiVersion)) {
    const found = `from.kind ${quote(kind)}${apiVersion && ` of ${quote(apiVersion)}`}`
    const meant = didYouMean(kind, [KIND, 'istag']) && kind !== KIND ? `; did you mean ${quote(KIND)}?` : ''
    return {
      problem: entryProblem('TriggerKindUnsupported', index, `${found} cannot be followed, only ${KIND} can${meant}`),
    }
  }
  const colon = name.indexOf(':')
  const stream = name.slice(0, Math.max(colon, 0))
  if (stream === '' || /[/@]/.test(name))
    return { problem: entryProblem('TriggerNameInvalid', index, explainName(name)) }
  const source = { namespace: trigger.from.namespace || namespace, stream, tag: name.slice(colon + 1) || DEFAULT_TAG }
  const impossible = explainStream(source, name) ?? explainNamespace(trigger.from.namespace)
  if (impossible !== undefined) return { problem: entryProblem('TriggerNameInvalid', index, impossible) }
  if (kind !== '') return { source }
  return {
    source,
    problem: entryProblem('TriggerKindMissing', index, `from.kind is missing, taken for ${quote(KIND)}`),
  }
}

/** "namespace/stream:tag". */
export const formatSource = ({ namespace, stream, tag }: TagSource): string => `${namespace}/${stream}:${tag}`

function explainName(name: string): string {
  if (name === '') return 'from.name is missing; write STREAM:TAG'
  if (name.includes('@')) return `from.name ${quote(name)} names an image; only a tag can be followed: STREAM:TAG`
  if (!name.includes('/'))
    return `from.name ${quote(name)} has no tag; did you mean ${quote(`${name}:${DEFAULT_TAG}`)}?`
  const [namespace = '', ...rest] = name.split('/')
  const looksLikeHost = /[.:]/.test(namespace) || rest.length > 1
  const meant = looksLikeHost
    ? 'that is a pull specification; import it into a stream and name that: STREAM:TAG'
    : `a namespace goes into from.namespace: ${quote({ namespace, name: rest.join('/') })}`
  return `from.name ${quote(name)} is no STREAM:TAG; ${meant}`
}

/** Why there will never be a stream of this name, if so: whoever waited for it would wait for ever. */
function explainStream({ namespace, stream }: TagSource, name: string): string | undefined {
  if (streamNameProblems(stream).length === 0) {
    const tooLong = streamPathProblem(namespace, stream)
    return tooLong && `from.name ${quote(name)}: no image stream can be called so: ${tooLong}`
  }
  const lower = stream.toLowerCase()
  const meant =
    streamNameProblems(lower).length === 0
      ? `did you mean ${quote(lower + name.slice(stream.length))}?`
      : 'names of streams are lower case letters and digits, with single ".", "_" or "-" between them'
  return `from.name ${quote(name)}: no image stream can be called ${quote(stream)}; ${meant}`
}

/** The same of a namespace; '' is that of the workload. */
function explainNamespace(namespace: string): string | undefined {
  if (namespace === '' || dns1123Label(namespace).length === 0) return undefined
  const lower = namespace.toLowerCase()
  const meant =
    dns1123Label(lower).length === 0
      ? `did you mean ${quote(lower)}?`
      : 'names of namespaces are at most 63 lower case letters and digits, with "-" between them'
  return `from.namespace ${quote(namespace)}: no namespace can be called that; ${meant}`
}
