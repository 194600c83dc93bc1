// When a scheduled tag is checked, and what delays that, as `describe` shows it.
import { ago, relativeTime } from '../../core/image/age.ts'
import type { Import } from '../../core/report/types.ts'

/** Lines below the source of a tag; none where nothing is known. `failure`: the reason that is shown anyway. */
export function scheduleLines(check: Import | undefined, failure: string | undefined, now: Date): string[] {
  if (!check) return []
  const { lastCheck, nextCheck, lastError, delay } = check.status
  const last = lastCheck ? `checked ${inSentence(ago(lastCheck, now))}` : 'not checked yet'
  const lines = [`    ${last}${nextText(check, nextCheck, now)}, for a freshness of ${check.spec.refresh}`]
  if (delay) lines.push(`    delayed (${delay.reason})${text(delay.message)}`)
  if (lastError && lastError.reason !== failure)
    lines.push(`    failing (${lastError.reason})${text(lastError.message)}`)
  return lines
}

function nextText({ status: { delay } }: Import, next: string | undefined, now: Date): string {
  if (!next) return delay ? '' : ', is being checked'
  const left = Date.parse(next) - now.getTime()
  return left > 0 ? `, next in ${inSentence(relativeTime(left))}` : ', next now'
}

/** "about a minute": not at its beginning. */
const inSentence = (words: string): string => words.replace(/^[A-Z]/, (first) => first.toLowerCase())

const text = (message: string | undefined): string => (message ? `: ${message}` : '')
