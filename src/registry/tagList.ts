// Lists the tags of a repository, page by page.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
import { TAG } from '../core/oci/grammar.ts'
import { invalidCharacter } from '../core/oci/malformed.ts'
import { nextLink } from '../core/oci/link.ts'
import { RegistryError } from './error.ts'
import { Cache } from './cache.ts'
import { type Answer, etagOf, NOT_MODIFIED, single } from './exchange.ts'
import type { Repository } from './reader.ts'
import type { RepositoryRequest, Session } from './session.ts'

/** Bytes of one page: some registries ignore all paging. */
const PAGE_LIMIT = 8 * 1024 * 1024
const PAGES = 1000
/** What any list ends at. */
const TAGS = 100_000

/** Names of one page: more are refused by ECR, fewer would be more requests. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html */
const PAGE = 1000

type Getter = Pick<Session, 'get'>

/** A page as it was last time: a registry that gives entity tags is asked whether it is still the same. */
export interface Page {
  etag: string
  tags: readonly string[]
  next: string | undefined
}

/** Remembers pages by repository and path: 8 MiB of names. */
export function createPages(): Cache<Page> {
  const weigh = ({ tags }: Page): number => tags.reduce((sum, tag) => sum + NAME_OVERHEAD + tag.length, NAME_OVERHEAD)
  return new Cache({ entries: 2000, weight: 8 * 1024 * 1024, weigh })
}

/** Bytes that a name takes beside its characters, roughly. */
const NAME_OVERHEAD = 24

/** All tags in the registry's order; what cannot be a tag is left out, and an empty name means `latest`. */
export async function listTags(
  session: Getter,
  repository: Repository,
  signal: AbortSignal,
  pages: Pick<Cache<Page>, 'get' | 'set'>,
): Promise<string[]> {
  const tags = new Set<string>()
  const visited = new Set<string>()
  let path: string | undefined = `/v2/${repository.name}/tags/list?n=${PAGE}`
  while (path !== undefined && visited.size < PAGES && tags.size < TAGS) {
    visited.add(path)
    const page: Omit<Page, 'etag'> = await getPage(session, repository, path, signal, pages)
    for (const tag of page.tags) tags.add(tag)
    path = page.next
    // A list that leads back to itself has been read.
    if (path !== undefined && visited.has(path)) break
  }
  return [...tags].slice(0, TAGS)
}

async function getPage(
  session: Getter,
  repository: Repository,
  path: string,
  signal: AbortSignal,
  pages: Pick<Cache<Page>, 'get' | 'set'>,
): Promise<Omit<Page, 'etag'>> {
  const key = `${repository.insecure} ${repository.host}${path}`
  const known = pages.get(key)
  const request: RepositoryRequest = {
    path,
    accept: 'application/json',
    limit: PAGE_LIMIT,
    unless: known?.etag,
    signal,
  }
  const answer = await session.get(repository, request)
  if (known && answer.status === NOT_MODIFIED) return known
  const page = { tags: parsePage(answer), next: nextPage(answer, path) }
  const etag = etagOf(answer)
  if (etag !== undefined) pages.set(key, { ...page, etag })
  return page
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
