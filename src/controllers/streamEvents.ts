// Events about streams: what imports have changed, and what is wrong with their annotations.
import type { ImageStream } from '../core/image/types.ts'
import { newAnnotationProblems } from '../core/schedule/annotationProblems.ts'
import { importNews } from '../core/schedule/news.ts'
import type { CacheChange } from '../kube/cache.ts'
import type { EventRecorder, Involved } from './events.ts'

const involved = (object: ImageStream): Involved => ({
  apiVersion: 'image.openshift.io/v1',
  kind: 'ImageStream',
  object,
})

/** Tells at a stream what an import has changed in how its tags fare. */
export function tellNews(recorder: EventRecorder, before: ImageStream | undefined, after: ImageStream): void {
  for (const news of importNews(before, after)) recorder.record(involved(after), news)
}

/** Tells at a stream of annotations that count for nothing, once for as long as it stays the same. Pass it all changes of streams. */
export function annotationTeller(recorder: EventRecorder): (change: CacheChange<ImageStream>) => void {
  return ({ type, object, old }) => {
    if (type === 'deleted') return
    for (const problem of newAnnotationProblems(object, old))
      recorder.record(involved(object), { type: 'Warning', ...problem })
  }
}
