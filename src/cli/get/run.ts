import type { KubeObject } from '../../core/machinery/object.ts'
import { pathOf, queryOf } from '../../kube/path.ts'
import { formatObject, formatRead, outputFormat } from '../print/object.ts'
import { parseArguments } from '../resource/arguments.ts'
import { resolveKind } from '../resource/discovery.ts'
import type { KnownKind } from '../resource/kinds.ts'
import { listFailure, listObjects, PAGE, readEach, readObject } from '../resource/read.ts'
import type { Session } from '../session.ts'
import { ApiError } from '../../core/machinery/status.ts'
import { Failures, failureText, UsageError } from '../failure.ts'
import { formatTable, type Table } from './table.ts'

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'

/** `get`: the server's table, or the objects. What is not there does not keep the rest from being shown. */
export async function get(session: Session, args: readonly string[], labelSelector: string): Promise<void> {
  if (args.length === 0) throw new UsageError('You must specify the type of resource to get')
  const all = args.length === 1 && !args[0]!.includes('/')
  const asked: Asked[] = []
  for (const { word, names } of parseArguments(args, all || labelSelector !== '')) {
    asked.push({ kind: await resolveKind(session, word), names, labelSelector })
  }
  const refused: ApiError[] = []
  const isTable = session.output === undefined || session.output === 'wide'
  session.out(await (isTable ? tables(session, asked, refused) : objects(session, asked, refused)))
  if (refused.length > 0) throw new Failures(refused.map(failureText))
}

/** Objects of a kind; without names, all of them or those that the selector picks. */
interface Asked {
  kind: KnownKind
  names: readonly string[]
  labelSelector: string
}

/** A table for each run of one kind. Where there are several kinds, names tell theirs. */
async function tables(session: Session, asked: readonly Asked[], refused: ApiError[]): Promise<string> {
  const runs: { kind: KnownKind; tables: Table[] }[] = []
  for (const one of asked) {
    const found = (await tablesOf(session, one, refused)).filter(({ rows }) => rows?.length)
    const last = runs.at(-1)
    if (last?.kind === one.kind) last.tables.push(...found)
    else if (found.length > 0) runs.push({ kind: one.kind, tables: found })
  }
  if (runs.length === 0 && refused.length === 0 && asked.some(({ names }) => names.length === 0)) {
    const somewhere = !session.allNamespaces && asked.every(({ kind }) => kind.namespaced)
    session.err(somewhere ? `No resources found in ${session.namespace} namespace.\n` : 'No resources found\n')
  }
  const several = new Set(runs.map(({ kind }) => kind)).size > 1
  const look = ({ kind }: Pick<Asked, 'kind'>) => ({
    wide: session.output === 'wide',
    namespaces: session.allNamespaces && kind.namespaced,
    prefix: several ? `${kind.singular}${kind.group && `.${kind.group}`}/` : '',
  })
  return runs.map((run) => formatTable(run.tables, look(run))).join('\n')
}

async function tablesOf(
  session: Session,
  { kind, names, labelSelector }: Asked,
  refused: ApiError[],
): Promise<Table[]> {
  const everywhere = session.allNamespaces && names.length === 0
  const namespace = kind.namespaced && !everywhere ? session.namespace : undefined
  const path = (name: string) => pathOf({ resource: kind, namespace, name })
  const found = await readEach(names, refused, async (name) => (await session.raw(path(name), TABLE)) as Table)
  if (names.length > 0) return found
  return orRefused(refused, async () => {
    let next: string | undefined
    do {
      const query = queryOf({ limit: PAGE, labelSelector, continue: next })
      const page = (await session.raw(pathOf({ resource: kind, namespace }) + query, TABLE).catch((error: unknown) => {
        throw listFailure(error, kind, labelSelector)
      })) as Table
      found.push(page)
      next = page.metadata?.continue
    } while (next)
    return found
  })
}

/** The objects of a list, or none and the server's refusal: other kinds are shown all the same. */
async function orRefused<T>(refused: ApiError[], list: () => Promise<T[]>): Promise<T[]> {
  try {
    return await list()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    refused.push(error)
    return []
  }
}

/** Names, or one object as it is, or a list of them. */
async function objects(session: Session, asked: readonly Asked[], refused: ApiError[]): Promise<string> {
  const format = outputFormat(session.output)
  const scope = session.allNamespaces ? { ...session, namespace: '' } : session
  const found: KubeObject[] = []
  for (const { kind, names, labelSelector } of asked) {
    found.push(...(await readEach(names, refused, (name) => readObject(session, kind, name))))
    if (names.length === 0) found.push(...(await orRefused(refused, () => listObjects(scope, kind, labelSelector))))
  }
  const single = asked.length === 1 && asked[0]!.names.length === 1
  if (single && found.length === 0) return ''
  if (format === 'name' || format === '')
    return (await Promise.all(found.map((object) => formatObject(object, 'name', '')))).join('')
  const shown = found.map(withoutOwners)
  const list = { apiVersion: 'v1', items: shown, kind: 'List', metadata: { resourceVersion: '' } }
  return formatRead(single ? shown[0]! : list, format)
}

/** Who owns which field is not shown, as kubectl does. */
function withoutOwners(object: KubeObject): KubeObject {
  const { managedFields: _owners, ...metadata } = object.metadata
  return { ...object, metadata }
}
