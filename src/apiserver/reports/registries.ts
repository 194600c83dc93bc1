// registries of millrace.dev: how much each registry is asked, and what waits for it. What is told is what the server that leads has
// counted, for that is the one that checks; any other asks it.
import { decodeContinue, encodeContinue, invalidContinue, LATEST } from '../../core/machinery/continue.ts'
import type { ObjectList } from '../../core/machinery/object.ts'
import type { Endpoint, ListOptions, Resource } from '../../core/machinery/resource.ts'
import { notFound } from '../../core/machinery/status.ts'
import { Registry, registryOf } from '../../core/report/registry.ts'
import { registryColumns } from '../../core/report/registryColumns.ts'
import type { RegistryReporter } from '../../core/report/reporter.ts'
import { REPORT_GROUP, REPORT_VERSION } from '../../core/report/types.ts'
import { selector } from '../resources/select.ts'
import { noLeader, pagesOf, type ReportDeps } from './asking.ts'

const REGISTRIES = { group: REPORT_GROUP, version: REPORT_VERSION, plural: 'registries' }

/** The resource: get and list, of the whole cluster. */
export function registryReports({ own, leader = noLeader }: ReportDeps<RegistryReporter>): Resource<Registry> {
  const endpoint: Endpoint<Registry> = {
    async get({ signal }, name) {
      const reporter = own()
      if (!reporter) return await leader().get<Registry>({ resource: REGISTRIES, name }, { signal })
      await reporter.refresh()
      const found = registriesOf(reporter).find(({ metadata }) => metadata.name === name)
      if (!found) throw notFound(REGISTRIES, name)
      return found
    },
    async list(context, options) {
      const matches = selector(options)
      const reporter = own()
      if (reporter) {
        await reporter.refresh()
        return pageOf(registriesOf(reporter).filter(matches), options)
      }
      const { metadata, items } = await pagesOf<Registry>(leader(), REGISTRIES, context, options)
      // The leader was not told what to select: such a page may be short.
      return { metadata, items: items.filter(matches) }
    },
  }
  return {
    group: REPORT_GROUP,
    version: REPORT_VERSION,
    kind: 'Registry',
    plural: REGISTRIES.plural,
    singular: 'registry',
    namespaced: false,
    verbs: ['get', 'list'],
    schema: Registry,
    columns: registryColumns,
    endpoint,
  }
}

/** In order, each name once: a rate that was configured anew has begun another count, and the old one may still be there. */
function registriesOf(reporter: RegistryReporter): Registry[] {
  const byName = new Map<string, Registry>()
  for (const report of reporter.report()) {
    const registry = registryOf(report)
    const before = byName.get(registry.metadata.name!)
    if (!before || before.status.requests <= registry.status.requests) byName.set(registry.metadata.name!, registry)
  }
  return [...byName.values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
}

function pageOf(all: Registry[], { limit = Infinity, continue: token }: ListOptions): ObjectList<Registry> {
  const behind = token === undefined ? undefined : readPlace(token)
  const rest = behind === undefined ? all : all.filter((each) => placeOf(each) > behind)
  const items = rest.slice(0, limit)
  const next =
    rest.length > items.length ? { continue: encodeContinue({ rv: LATEST, start: placeOf(items.at(-1)!) }) } : {}
  return { metadata: { resourceVersion: '', ...next }, items }
}

// Neither holds a blank.
const placeOf = ({ spec: { registry, credential } }: Registry): string => `${registry} ${credential}`

/** Error: BadRequest. */
function readPlace(token: string): string {
  const { rv, start } = decodeContinue(token)
  if (rv !== LATEST || !start.includes(' ')) throw invalidContinue()
  return start
}
