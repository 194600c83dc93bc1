// Sources of triggers: the tag that an entry names.
import { DEFAULT_TAG } from '../lookup.ts'
import type { Trigger } from './annotation.ts'
import { didYouMean, entryProblem, quote, type TriggerProblem } from './problem.ts'

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
