// The tags of a stream as `describe` shows them: source, notes of the author, state of the import, history newest first.
import { specTag, statusTag } from '../../core/image/access.ts'
import { ago } from '../../core/image/age.ts'
import { tagName } from '../../core/image/names.ts'
import { orderTags } from '../../core/image/tagOrder.ts'
import type { ImageStream, NamedTagEventList, TagEvent, TagReference } from '../../core/image/types.ts'
import { tryParseReference } from '../../core/oci/reference.ts'
import { importFailure } from '../../core/schedule/verdict.ts'
import { followTag } from '../stream/follow.ts'
import type { Checks } from './checks.ts'
import { policyLines } from './policy.ts'
import { scheduleLines } from './schedule.ts'
import { sourceLine } from './source.ts'

/** Counts, then each tag with its history. */
export function tagsLines(stream: ImageStream, now: Date, checks: Checks): string[] {
  const inStatus = (stream.status.tags ?? []).map(({ tag }) => tag)
  const inSpec = (stream.spec.tags ?? []).map(({ name }) => name)
  const all = [...inStatus, ...inSpec.filter((name) => !inStatus.includes(name))]
  if (all.length === 0) return ['Tags:\t<none>']
  const aliases = aliasesOf(stream, inSpec)
  const folded = new Set([...aliases.values()].flat())
  const shown = orderTags(all).filter((tag) => !folded.has(tag))
  const lines = shown.flatMap((tag) => tagLines(stream, tag, aliases.get(tag) ?? [], now, checks))
  return [`Unique Images:\t${countImages(stream)}`, `Tags:\t${all.length}`, ...lines]
}

/** Tags that lead to another tag of the stream, by the tag that they lead to. */
function aliasesOf(stream: ImageStream, names: readonly string[]): Map<string, string[]> {
  const aliases = new Map<string, string[]>()
  for (const name of names) {
    const end = followTag(stream, name)
    if (end.kind !== 'tag' || !end.followed) continue
    aliases.set(end.tag, [...(aliases.get(end.tag) ?? []), name])
  }
  return aliases
}

/** Distinct images; all events without one count as a single image together. */
function countImages(stream: ImageStream): number {
  const events = (stream.status.tags ?? []).flatMap(({ items }) => items ?? [])
  return new Set(events.filter((e) => e.image || e.dockerImageReference).map((e) => e.image ?? '')).size
}

function tagLines(stream: ImageStream, tag: string, aliases: readonly string[], now: Date, checks: Checks): string[] {
  const spec = specTag(stream, tag)
  const history = statusTag(stream, tag)
  const notes = noteLines(spec)
  const check = checks.of.get(tagName(stream.metadata.name ?? '', tag))
  return [
    // Each tag stands apart from what is above it.
    '',
    aliases.length > 0 ? `${tag} (${orderTags([...new Set(aliases)]).join(', ')})` : tag,
    `  ${sourceLine(spec, stream.metadata.namespace ?? '')}`,
    ...policyLines(stream, spec),
    ...scheduleLines(check, importFailure(stream, tag)?.reason, now),
    ...(spec?.from && spec.importPolicy?.insecure ? ['    will use insecure HTTPS or HTTP connections'] : []),
    ...(spec?.referencePolicy?.type === 'Local' ? ['    prefer registry pullthrough when referencing this tag'] : []),
    '',
    ...notes,
    ...(notes.length > 0 ? [''] : []),
    ...(isImporting(spec, history) ? ['  ~ importing latest image ...'] : []),
    ...failureLines(history, now),
    ...(history?.items ?? []).flatMap((event, i) => eventLines(event, i === 0, now)),
  ]
}

/** What the author of a tag says about it, in annotations. */
function noteLines(spec: TagReference | undefined): string[] {
  const { description, tags, supports, sampleRepo } = spec?.annotations ?? {}
  const spaced = (list: string): string => list.split(',').join(', ')
  return [
    ...(description ? [`  ${description}`] : []),
    ...(tags ? [`  Tags: ${spaced(tags)}`] : []),
    ...(supports ? [`  Supports: ${spaced(supports)}`] : []),
    ...(sampleRepo ? [`  Example Repo: ${sampleRepo}`] : []),
  ]
}

function isImporting(spec: TagReference | undefined, history: NamedTagEventList | undefined): boolean {
  if (!spec?.from || spec.reference || spec.generation === undefined || spec.generation === null) return false
  const tried = history?.conditions?.find(({ type }) => type === 'ImportSuccess')?.generation ?? 0
  return spec.generation > Math.max(history?.items?.[0]?.generation ?? 0, tried)
}

function failureLines(history: NamedTagEventList | undefined, now: Date): string[] {
  return (history?.conditions ?? [])
    .filter(({ type, status }) => type === 'ImportSuccess' && status === 'False')
    .flatMap(({ reason, message, lastTransitionTime }) => [
      `  ! error: Import failed (${reason ?? ''}): ${message ?? ''}`,
      `      ${ago(lastTransitionTime, now)}`,
    ])
}

function eventLines(event: TagEvent, newest: boolean, now: Date): string[] {
  const reference = tryParseReference(event.dockerImageReference)
  const id = event.image && reference && reference.id !== event.image ? `\t${event.image}` : ''
  return [`  ${newest ? '*' : ' '} ${event.dockerImageReference}`, `      ${ago(event.created, now)}${id}`]
}
