// The importer: fetches what an ImageStreamImport asks for, and says for each image what became of it.
import type { Importer, ImportRequest, ImportResult } from '../core/image/import.ts'
import type { PullSecret } from '../core/image/pullSecrets.ts'
import type { ImageImportSpec, ImageImportStatus } from '../core/image/types.ts'
import type { Choice } from '../core/policy/choice.ts'
import type { EmbeddedStatus } from '../core/machinery/status.ts'
import { withClientDefaults } from '../core/oci/forms.ts'
import { goArchitecture, type Platform } from '../core/oci/platform.ts'
import { InvalidReference, parseReference, type Reference } from '../core/oci/reference.ts'
import { createOutbound, type Outbound } from '../http/outbound.ts'
import { Credentials } from './credentials.ts'
import { unparsable } from './failure.ts'
import { createHttpReader } from './httpReader.ts'
import { type BudgetLimits, ImportBudget } from './importBudget.ts'
import { importRepository } from './importRepository.ts'
import { importChosen } from './importChosen.ts'
import { ImportRun, type RunOptions } from './importRun.ts'
import { limited } from './limitedReader.ts'
import { HostLimiters, type HostLimits } from './limiter.ts'
import type { RegistryReader } from './reader.ts'
import { NONE_SHARED, type SharedCredentials } from './sharedCredentials.ts'

/** How an importer reaches registries, and what it remembers. */
export interface ImporterOptions {
  /** Default: a reader over HTTP with connections of its own. */
  reader?: RegistryReader
  /** Connections of the default reader; close it to end the importer. Default: one with its own defaults. */
  outbound?: Outbound
  /** Taken from multi-platform images where nothing else is preferred. Default: this machine's architecture, linux. */
  platform?: Platform
  /** Credentials of the whole installation. Default: there are none. */
  shared?: SharedCredentials
  /** Told of pull secrets that make no sense, and what is wrong, without their content. */
  problem?: (secret: PullSecret, message: string) => void
  /** Turns at registries, shared with who else asks them. Default: its own. */
  hosts?: HostLimiters
  /** What each import may take. */
  budget?: Partial<BudgetLimits>
}

/**
 * Requests to one registry at once, and to all. More of one import would make registries say 429, and
 * leave no room for an import that comes while another one waits for a slow registry.
 */
export const CONCURRENCY: HostLimits = { host: { total: 16, each: 8 }, all: { total: 128, each: 32 } }

/**
 * Half an hour: a thousand images of a registry that takes 2 seconds for each request take a quarter of one. 128 MiB: a thousand
 * images of ten platforms each take about as much, and it is an eighth of the memory that an installed server gets.
 */
const BUDGET: BudgetLimits = { time: 30 * 60_000, bytes: 128 * 1024 * 1024 }

/** Creates an importer. Keep it: connections, tokens and recent content are shared by all its imports. */
export function createImporter(options: ImporterOptions = {}): Importer {
  const { shared = NONE_SHARED, problem = () => {} } = options
  const reader = options.reader ?? createHttpReader({ outbound: options.outbound ?? createOutbound() })
  const platform = options.platform ?? { architecture: goArchitecture(process.arch), os: 'linux' }
  const hosts = options.hosts ?? new HostLimiters(CONCURRENCY)

  return async (request) => {
    const budget = new ImportBudget({ ...BUDGET, ...options.budget }, request.namespace, request.signal)
    const credentials = new Credentials({ read: () => request.secrets(), problem, shared })
    const run: RunOptions = {
      reader: limited(reader, hosts, budget),
      credentials: (query) => credentials.find(query),
      platform,
      now: request.now,
      budget,
    }
    try {
      const result = await importAll(request, run)
      await credentials.check()
      return result
    } finally {
      budget.end()
    }
  }
}

async function importAll(request: ImportRequest, options: RunOptions): Promise<ImportResult> {
  const { reader, budget } = options
  const run = new ImportRun(options)
  const plans = request.images.map((spec) => plan(run, spec, request, options))
  const { repository: spec } = request
  const [fetched, repository] = await Promise.all([
    Promise.all(plans.map((planned) => planned.fetch())),
    spec && repositoryImport(spec),
  ])
  const choices = fetched.map(({ choice }) => choice)
  return {
    images: fetched.map(({ status }) => status),
    ...(choices.some((choice) => choice) && { choices }),
    ...(repository && { repository }),
  }

  async function repositoryImport(spec: NonNullable<ImportRequest['repository']>) {
    const reference = parse(spec.from.name ?? '')
    if ('status' in reference) return reference
    const group = run.group(reference, spec.importPolicy)
    const fetchedAnyway = new Set(plans.filter((p) => p.group === group).flatMap((p) => p.tag ?? []))
    return await importRepository({
      reader,
      run,
      group,
      reference,
      spec,
      limit: request.bulkLimit,
      fetchedAnyway,
      budget,
    })
  }
}

interface Plan {
  group?: ReturnType<ImportRun['group']>
  tag?: string
  fetch(): Promise<{ status: ImageImportStatus; choice?: Choice }>
}

function plan(run: ImportRun, spec: ImageImportSpec, request: ImportRequest, options: RunOptions): Plan {
  const reference = parse(spec.from.name ?? '')
  if ('status' in reference) return { fetch: async () => ({ status: reference }) }
  const group = run.group(reference, spec.importPolicy)
  const followed = request.followed?.(spec)
  if (followed) {
    const preferred = request.preferred(spec.to?.name ?? '')
    return { group, fetch: () => importChosen({ ...options, run, group, reference, spec, followed, preferred }) }
  }
  const importMode = spec.importPolicy.importMode ?? ''
  if (reference.id !== '') {
    const item = { reference: reference.id, digest: true, preferred: {}, importMode }
    return { group, fetch: async () => ({ status: await run.fetch(group, item) }) }
  }
  const { tag } = withClientDefaults(reference)
  const preferred = request.preferred(spec.to?.name ?? tag)
  const item = { reference: tag, digest: false, preferred, importMode }
  return { group, tag, fetch: async () => ({ status: await run.fetch(group, item) }) }
}

function parse(name: string): Reference | { status: EmbeddedStatus } {
  try {
    return parseReference(name)
  } catch (error) {
    if (error instanceof InvalidReference) return { status: unparsable(name, error.problem) }
    throw error
  }
}
