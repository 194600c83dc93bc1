// Pulls: how many manifests the imports ask for that a check causes.
import { manifestKind } from '../oci/mediaType.ts'
import { checkedText, type Checked } from './verdict.ts'

/**
 * Of followers with the same credentials, whose imports share what they ask for: one for each different thing that the check means to
 * them, and of an index one more, for the image that is taken from it. `mediaType`: of what the tag means by now, if it was told.
 */
export function pullsFor(news: readonly Checked[], mediaType = ''): number {
  const different = new Set(news.map(checkedText)).size
  return different * (manifestKind(mediaType) === 'index' ? 2 : 1)
}
