import type { KubeObject } from '../../core/machinery/object.ts'
import { pathOf, queryOf } from '../../kube/path.ts'
import { formatObject, outputFormat } from '../print/object.ts'
import { parseArguments } from '../resource/arguments.ts'
import { resolveKind } from '../resource/discovery.ts'
import type { KnownKind } from '../resource/kinds.ts'
import { listObjects, PAGE, readObject } from '../resource/read.ts'
import type { Session } from '../session.ts'
import { Failures, failureText, UsageError } from '../failure.ts'
import { ApiError } from '../../core/machinery/status.ts'
import { formatTable, type Table } from './table.ts'

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'

/** `get`: the server's table, or the objects. What is not there does not keep the rest from being shown. */
export async function get(session: Session, args: readonly string[], labelSelector: string): Promise<void> {
  if (args.length === 0) throw new UsageError('You must specify the type of resource to get')
  const all = args.length === 1 && !args[0]!.includes('/')
  const texts: string[] = []
  const failures: string[] = []
  for (const { word, names } of parseArguments(args, all || labelSelector !== '')) {
    const kind = await resolveKind(session, word)
    const isTable = session.output === undefined || session.output === 'wide'
    const text = isTable
      ? await table(session, kind, names, labelSelector, failures)
      : await objects(session, kind, names, labelSelector, failures)
    if (text) texts.push(text)
  }
  session.out(texts.join('\n'))
  if (failures.length > 0) throw new Failures(failures)
}

/** What can be read of the names, in their order; the server's refusals go to `failures`. */
async function each<T>(names: readonly string[], failures: string[], read: (name: string) => Promise<T>): Promise<T[]> {
  const found: T[] = []
  for (const name of names) {
    try {
      found.push(await read(name))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      failures.push(failureText(error))
    }
  }
  return found
}

async function table(
  session: Session,
  kind: KnownKind,
  names: readonly string[],
  labelSelector: string,
  failures: string[],
) {
  const everywhere = session.allNamespaces && kind.namespaced && names.length === 0
  const namespace = kind.namespaced && !everywhere ? session.namespace : undefined
  const path = (name: string) => pathOf({ resource: kind, namespace, name })
  const tables = await each(names, failures, async (name) => (await session.raw(path(name), TABLE)) as Table)
  let next: string | undefined
  while (names.length === 0) {
    const query = queryOf({ limit: PAGE, labelSelector, continue: next })
    const page = (await session.raw(pathOf({ resource: kind, namespace }) + query, TABLE)) as Table
    tables.push(page)
    next = page.metadata?.continue
    if (!next) break
  }
  if (tables.some(({ rows }) => rows?.length)) return formatTable(tables, session.output === 'wide', everywhere)
  if (names.length > 0) return ''
  session.err(namespace ? `No resources found in ${namespace} namespace.\n` : 'No resources found\n')
  return ''
}

async function objects(
  session: Session,
  kind: KnownKind,
  names: readonly string[],
  labelSelector: string,
  failures: string[],
) {
  const format = outputFormat(session.output)
  const found: KubeObject[] = await each(names, failures, (name) => readObject(session, kind, name))
  if (names.length === 1 && found.length === 0) return ''
  if (names.length === 0) {
    const scope = session.allNamespaces ? { ...session, namespace: '' } : session
    found.push(...(await listObjects(scope, kind, labelSelector)))
  }
  if (format === 'name') return (await Promise.all(found.map((object) => formatObject(object, format, '')))).join('')
  const list = { apiVersion: 'v1', items: found, kind: 'List', metadata: { resourceVersion: '' } }
  return formatObject(names.length === 1 ? found[0]! : list, format, '')
}
