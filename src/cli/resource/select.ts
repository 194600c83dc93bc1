// Reading the objects that arguments name.
import type { ReadOptions } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { apiVersionOf } from '../../core/machinery/object.ts'
import type { Session } from '../session.ts'
import { parseArguments } from './arguments.ts'
import { resolveKind } from './discovery.ts'
import { documents } from './file.ts'
import { kindOfObject, type KnownKind } from './kinds.ts'

/** An object with what is needed to write it back. */
export interface Selected<T extends KubeObject = KubeObject> {
  kind: KnownKind
  object: T
}

export interface Selection {
  args: readonly string[]
  files: readonly string[]
  all: boolean
  selector: string
  /** Do not ask the server: files are taken as they are. */
  local: boolean
}

/** Objects a page. */
const PAGE = 500

/** Reads what a selection names, in its order. `singleItem`: exactly one object was asked for. */
export async function select(
  session: Session,
  selection: Selection,
): Promise<{ items: Selected[]; singleItem: boolean }> {
  const { args, files, all, selector, local } = selection
  const items: Selected[] = []
  for (const file of files) items.push(...(await fromFile(session, file, local)))
  if (args.length === 0 && files.length > 0) return { items, singleItem: items.length === 1 }
  let single = files.length === 0
  for (const { word, names } of parseArguments(args, all || selector !== '')) {
    const kind = await resolveKind(session, word)
    single &&= names.length === 1
    const namespace = kind.namespaced ? session.namespace : undefined
    for (const name of names) {
      items.push(typed(kind, await session.client.get({ resource: kind, namespace, name })))
    }
    if (names.length === 0) items.push(...(await listAll(session, kind, selector)))
  }
  return { items, singleItem: single && items.length === 1 }
}

/** Lists every object of a kind in the session's namespace, page by page. */
export async function listAll(session: Session, kind: KnownKind, labelSelector: string): Promise<Selected[]> {
  const target = { resource: kind, namespace: kind.namespaced ? session.namespace : undefined }
  const items: Selected[] = []
  const options: ReadOptions = { limit: PAGE, ...(labelSelector && { labelSelector }) }
  for (;;) {
    const page = await session.client.list(target, options)
    for (const object of page.items) items.push(typed(kind, object))
    if (!page.metadata.continue) return items
    options.continue = page.metadata.continue
  }
}

/** Items of lists come without their type. */
function typed(kind: KnownKind, object: KubeObject): Selected {
  return { kind, object: { ...object, kind: kind.kind, apiVersion: apiVersionOf(kind) } }
}

async function fromFile(session: Session, file: string, local: boolean): Promise<Selected[]> {
  const items: Selected[] = []
  for (const object of await documents(file)) {
    const known = kindOfObject(object.apiVersion ?? '', object.kind ?? '')
    const kind = known ?? (await resolveKind(session, wordOf(object)))
    const namespace = kind.namespaced ? (object.metadata.namespace ?? session.namespace) : undefined
    const name = object.metadata.name ?? ''
    items.push(local ? { kind, object } : typed(kind, await session.client.get({ resource: kind, namespace, name })))
  }
  return items
}

function wordOf({ kind = '', apiVersion = '' }: KubeObject): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? kind : `${kind}.${apiVersion.slice(0, slash)}`
}
