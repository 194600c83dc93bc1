// imports of millrace.dev: what is known of each tag that is imported on a schedule. Nothing is stored: the server that leads knows it,
// and any other asks that one. See docs/adr/0055-reports-from-the-leader.md.
import { parseTagName } from '../../core/image/names.ts'
import { decodeContinue, encodeContinue, invalidContinue, LATEST } from '../../core/machinery/continue.ts'
import type { ObjectList } from '../../core/machinery/object.ts'
import type { Context, Endpoint, ListOptions, Resource } from '../../core/machinery/resource.ts'
import { badRequest, notFound } from '../../core/machinery/status.ts'
import { importColumns } from '../../core/report/columns.ts'
import type { ImportReporter, Place } from '../../core/report/reporter.ts'
import { Import, REPORT_GROUP, REPORT_VERSION } from '../../core/report/types.ts'
import { selector } from '../resources/select.ts'
import { noLeader, pagesOf, type ReportDeps } from './asking.ts'

const IMPORTS = { group: REPORT_GROUP, version: REPORT_VERSION, plural: 'imports' }

/** The resource: get and list. */
export function importReports(deps: ReportDeps<ImportReporter>): Resource<Import> {
  return {
    group: REPORT_GROUP,
    version: REPORT_VERSION,
    kind: 'Import',
    plural: IMPORTS.plural,
    singular: 'import',
    namespaced: true,
    verbs: ['get', 'list'],
    schema: Import,
    columns: importColumns,
    endpoint: importEndpoint(deps),
  }
}

function importEndpoint({ own, leader = noLeader }: ReportDeps<ImportReporter>): Endpoint<Import> {
  return {
    async get({ namespace, signal }, name) {
      const parts = parseTagName(name)
      if (!parts) throw badRequest('imports must be named STREAM:TAG')
      const reporter = own()
      if (!reporter) return await leader().get<Import>({ resource: IMPORTS, namespace, name }, { signal })
      const found = reporter.get(namespace, parts.stream, parts.tag)
      if (!found) throw notFound(IMPORTS, name)
      return found
    },
    async list(context, options) {
      const matches = selector(options)
      const reporter = own()
      const { metadata, items } = reporter
        ? ownPage(reporter, context, options, matches)
        : await pagesOf<Import>(leader(), IMPORTS, context, options)
      // Selecting again does no harm, and the leader was not told what to select: such a page may be short.
      return { metadata, items: reporter ? items : items.filter(matches) }
    },
  }
}

function ownPage(
  reporter: ImportReporter,
  { namespace }: Context,
  { limit = Infinity, continue: token }: ListOptions,
  matches: (report: Import) => boolean,
): ObjectList<Import> {
  const items: Import[] = []
  for (const report of reporter.list(namespace, token === undefined ? undefined : readPlace(token))) {
    if (!matches(report)) continue
    if (items.length >= limit) return { metadata: { resourceVersion: '', continue: writePlace(items.at(-1)!) }, items }
    items.push(report)
  }
  return { metadata: { resourceVersion: '' }, items }
}

// Names of streams hold no line feed.
const writePlace = ({ metadata: { namespace = '', name = '' } }: Import): string => {
  const { stream, tag } = parseTagName(name)!
  return encodeContinue({ rv: LATEST, start: `${namespace}/${stream}\n${tag}` })
}

/** Error: BadRequest. */
function readPlace(token: string): Place {
  const { rv, start } = decodeContinue(token)
  const at = start.indexOf('\n')
  if (rv !== LATEST || at < 0) throw invalidContinue()
  return { stream: start.slice(0, at), tag: start.slice(at + 1) }
}
