// Rollbacks that come to nothing: whoever gives a workload back an older image of a tag (`kubectl rollout undo`, `kubectl set image`)
// is told that it was done, although the trigger keeps the image of today.
import type { KubeObject } from '../../machinery/object.ts'
import { tryParseReference } from '../../oci/reference.ts'
import { statusTag } from '../access.ts'
import type { LookupStream } from '../lookup.ts'
import { tagName } from '../names.ts'
import { containersOf, type WorkloadKind } from '../workloads.ts'
import { imageBefore, type ImageChange } from './change.ts'
import { quote } from './problem.ts'
import type { TagSource } from './source.ts'

/** Characters of a digest that are shown: enough to tell images apart, and for `millrace rollback --to-image`. */
const DIGEST_SHOWN = 'sha256:'.length + 12

/**
 * What to tell the writer of an update of `old`: of each change, if the image that it replaces is another than was stored, and an
 * earlier one of the same tag. Any other, such as the placeholder of a manifest that is applied again, is not worth a word.
 */
export function undoneRollbacks(
  kind: WorkloadKind,
  old: KubeObject,
  changes: readonly ImageChange[],
  streams: (namespace: string, name: string) => LookupStream | undefined,
): string[] {
  const before = containersOf(kind, old)
  return changes.flatMap((change) => {
    const { container, from, to, source, trigger, image } = change
    const wanted = from === imageBefore(before, change) ? '' : (tryParseReference(from ?? '')?.id ?? '')
    const stream = streams(source.namespace, source.stream)
    if (wanted === '' || wanted === image || !stream || !hasHad(stream, source, wanted)) return []
    return [
      `trigger [${trigger}]: container ${quote(container)} keeps ${image === '' ? quote(to) : shorten(image)} of the tag that it follows; ` +
        `to go back, roll the tag back ("${rollback(source, wanted)}") or pause the trigger`,
    ]
  })
}

const hasHad = (stream: LookupStream, { tag }: TagSource, digest: string): boolean =>
  statusTag(stream, tag)?.items?.some(({ image }) => image === digest) ?? false

const rollback = ({ namespace, stream, tag }: TagSource, digest: string): string =>
  `millrace rollback ${tagName(stream, tag)} -n ${namespace} --to-image ${shorten(digest)}`

const shorten = (digest: string): string => digest.slice(0, DIGEST_SHOWN)
