// Reading the objects that arguments name.
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Session } from '../session.ts'
import { parseArguments } from './arguments.ts'
import { resolveKind } from './discovery.ts'
import { documents } from './file.ts'
import { kindOfObject, type KnownKind } from './kinds.ts'
import { listObjects, readObject } from './read.ts'

/** An object with what is needed to write it back. */
export interface Selected {
  kind: KnownKind
  object: KubeObject
}

/** Which objects a command line means. */
export interface Selection {
  args: readonly string[]
  files: readonly string[]
  all: boolean
  selector: string
  /** Do not ask the server: files are taken as they are. */
  local: boolean
}

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
    for (const name of names) items.push({ kind, object: await readObject(session, kind, name) })
    if (names.length === 0)
      items.push(...(await listObjects(session, kind, selector)).map((object) => ({ kind, object })))
  }
  return { items, singleItem: single && items.length === 1 }
}

async function fromFile(session: Session, file: string, local: boolean): Promise<Selected[]> {
  const items: Selected[] = []
  for (const object of await documents(file)) {
    const known = kindOfObject(object.apiVersion ?? '', object.kind ?? '')
    const kind = known ?? (await resolveKind(session, wordOf(object)))
    const { name = '', namespace } = object.metadata
    items.push({ kind, object: local ? object : await readObject(session, kind, name, namespace) })
  }
  return items
}

function wordOf({ kind = '', apiVersion = '' }: KubeObject): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? kind : `${kind}.${apiVersion.slice(0, slash)}`
}
