// Reading the objects that arguments name.
import type { KubeObject } from '../../core/machinery/object.ts'
import type { ApiError } from '../../core/machinery/status.ts'
import { CommandError, Failures, failureText } from '../failure.ts'
import type { Session } from '../session.ts'
import { ALL_AND_SELECTOR, parseArguments } from './arguments.ts'
import { resolveKind } from './discovery.ts'
import { documents } from './file.ts'
import { kindOfObject, type KnownKind } from './kinds.ts'
import { listObjects, readEach, readObject } from './read.ts'

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

const NOTHING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

/** Reads what a selection names, in its order; all of it, or nothing. `singleItem`: exactly one object was asked for. */
export async function select(
  session: Session,
  selection: Selection,
): Promise<{ items: Selected[]; singleItem: boolean }> {
  const { args, files, all, selector, local } = selection
  if (args.length === 0 && files.length === 0) throw new CommandError(NOTHING)
  if (all && selector) throw new CommandError(ALL_AND_SELECTOR)
  const items: Selected[] = []
  for (const file of files) items.push(...(await fromFile(session, file, local)))
  if (args.length === 0 && files.length > 0) return { items, singleItem: items.length === 1 }
  let single = files.length === 0
  const refused: ApiError[] = []
  for (const { word, names } of parseArguments(args, all || selector !== '')) {
    const kind = await resolveKind(session, word)
    single &&= names.length === 1
    const found = await readEach(names, refused, (name) => readObject(session, kind, name))
    for (const object of found) items.push({ kind, object })
    if (names.length === 0)
      items.push(...(await listObjects(session, kind, selector)).map((object) => ({ kind, object })))
  }
  if (refused.length > 0) throw new Failures(refused.map(failureText))
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
