// Asking the server what a word means, for kinds that are not in the table.
import { CommandError } from '../failure.ts'
import type { Session } from '../session.ts'
import { knownKind, type KnownKind } from './kinds.ts'

interface Group {
  name: string
  preferredVersion?: { groupVersion: string }
}

interface ApiResource {
  name: string
  singularName?: string
  kind: string
  namespaced: boolean
  shortNames?: string[]
}

/** Groups that are asked at the same time. */
const CONCURRENCY = 8

/** The kind that a word means: from the table, else from the server's discovery. Throws CommandError. */
export async function resolveKind(session: Session, word: string): Promise<KnownKind> {
  const known = knownKind(word)
  if (known) return known
  const [name = '', ...rest] = word.toLowerCase().split('.')
  const groups = ((await session.raw('/apis')) as { groups?: Group[] }).groups ?? []
  const wanted = groups.filter((g) => rest.length === 0 || g.name === rest.join('.'))
  const paths = wanted.flatMap((g) => g.preferredVersion?.groupVersion ?? [])
  if (rest.length === 0) paths.unshift('v1')
  for (let at = 0; at < paths.length; at += CONCURRENCY) {
    const answers = await Promise.all(paths.slice(at, at + CONCURRENCY).map((path) => find(session, path, name)))
    const found = answers.find((answer) => answer !== undefined)
    if (found) return found
  }
  throw new CommandError(`the server doesn't have a resource type "${word}"`)
}

async function find(session: Session, groupVersion: string, name: string): Promise<KnownKind | undefined> {
  const slash = groupVersion.indexOf('/')
  const answer = await session.raw(slash < 0 ? `/api/${groupVersion}` : `/apis/${groupVersion}`)
  const resource = ((answer as { resources?: ApiResource[] }).resources ?? []).find(
    (r) => r.name === name || r.singularName === name || r.kind.toLowerCase() === name || r.shortNames?.includes(name),
  )
  return (
    resource && {
      group: groupVersion.slice(0, Math.max(slash, 0)),
      version: groupVersion.slice(slash + 1),
      plural: resource.name,
      singular: resource.singularName || resource.kind.toLowerCase(),
      kind: resource.kind,
      namespaced: resource.namespaced,
    }
  )
}
