// Events about streams: what imports have changed, and what is wrong with the freshness that a stream asks for.
import type { ImageStream } from '../core/image/types.ts'
import { freshnessProblems, REFRESH_INVALID } from '../core/schedule/freshnessProblems.ts'
import { importNews } from '../core/schedule/news.ts'
import type { CacheChange } from '../kube/cache.ts'
import { EventRecorder, type Involved, type RecorderOptions } from './events.ts'

const COMPONENT = 'millrace-importer'

/** Where such events are written. */
export const streamRecorder = (options: Omit<RecorderOptions, 'component'>): EventRecorder =>
  new EventRecorder({ ...options, component: COMPONENT })

const involved = (object: ImageStream): Involved => ({
  apiVersion: 'image.openshift.io/v1',
  kind: 'ImageStream',
  object,
})

/** Tells at a stream what an import has changed in how its tags fare. */
export function tellNews(recorder: EventRecorder, before: ImageStream | undefined, after: ImageStream): void {
  for (const news of importNews(before, after)) recorder.record(involved(after), news)
}

/** Tells at a stream of a freshness that cannot be, once for as long as it stays the same. Pass it all changes of streams. */
export function freshnessTeller(recorder: EventRecorder): (change: CacheChange<ImageStream>) => void {
  return ({ type, object, old }) => {
    if (type === 'deleted') return
    const before = new Set(old && freshnessProblems(old))
    for (const message of freshnessProblems(object))
      if (!before.has(message)) recorder.record(involved(object), { type: 'Warning', reason: REFRESH_INVALID, message })
  }
}
