// Lists the tags of a repository, page by page.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
import { TAG } from '../core/oci/grammar.ts'
import { invalidCharacter } from '../core/oci/malformed.ts'
import { nextLink } from '../core/oci/link.ts'
import { RegistryError } from './error.ts'
import { type Answer, single } from './exchange.ts'
import type { Repository } from './reader.ts'
import type { RepositoryRequest, Session } from './session.ts'

/** Bytes of one page: some registries ignore all paging. */
const PAGE_LIMIT = 8 * 1024 * 1024
const PAGES = 1000
/** What any list ends at. */
const TAGS = 100_000

type Getter = Pick<Session, 'get'>

/** All tags in the registry's order; what cannot be a tag is left out, and an empty name means `latest`. */
export async function listTags(session: Getter, repository: Repository, signal: AbortSignal): Promise<string[]> {
  const tags = new Set<string>()
  const visited = new Set<string>()
  let path: string | undefined = `/v2/${repository.name}/tags/list`
  while (path !== undefined && visited.size < PAGES && tags.size < TAGS) {
    visited.add(path)
    const request: RepositoryRequest = { path, accept: 'application/json', limit: PAGE_LIMIT, signal }
    const answer = await session.get(repository, request)
    for (const tag of parsePage(answer)) tags.add(tag)
    path = nextPage(answer, path)
    // A list that leads back to itself has been read.
    if (path !== undefined && visited.has(path)) break
  }
  return [...tags].slice(0, TAGS)
}

function parsePage(answer: Answer): string[] {
  const text = answer.body.toString('utf8')
  let list: unknown
  try {
    list = (JSON.parse(text) as { tags?: unknown } | null)?.tags ?? []
  } catch {
    throw new RegistryError('malformed', invalidCharacter(text))
  }
  if (!Array.isArray(list)) throw new RegistryError('malformed', 'the tag list of the registry holds no tags')
  return list
    .filter((tag): tag is string => typeof tag === 'string')
    .map((tag) => tag || 'latest')
    .filter((tag) => TAG.test(tag))
}

/** Path and query of the next page. The host is always the registry's own: credentials go with the request. */
function nextPage(answer: Answer, path: string): string | undefined {
  const target = nextLink(single(answer.headers['link']) ?? '')
  if (target === undefined) return undefined
  const url = URL.parse(target, new URL(path, 'http://registry.invalid'))
  return url ? url.pathname + url.search : undefined
}
