// The importer: fetches what an ImageStreamImport asks for, and says for each image what became of it.
import type { Importer, ImportRequest, ImportResult } from '../core/image/import.ts'
import type { ImageImportSpec, ImageImportStatus } from '../core/image/types.ts'
import type { Log } from '../core/machinery/log.ts'
import type { EmbeddedStatus } from '../core/machinery/status.ts'
import { withClientDefaults } from '../core/oci/forms.ts'
import { goArchitecture, type Platform } from '../core/oci/platform.ts'
import { InvalidReference, parseReference, type Reference } from '../core/oci/reference.ts'
import { createOutbound, type Outbound } from '../http/outbound.ts'
import { Credentials } from './credentials.ts'
import { blamesCredentials, listingBlamesCredentials, unparsable } from './failure.ts'
import { createHttpReader } from './httpReader.ts'
import { type BudgetLimits, ImportBudget } from './importBudget.ts'
import { importRepository } from './importRepository.ts'
import { ImportRun, type RunOptions } from './importRun.ts'
import { limited } from './limitedReader.ts'
import { HostLimiters, type Limits } from './limiter.ts'
import type { RegistryReader } from './reader.ts'

/** How an importer reaches registries, and what it remembers. */
export interface ImporterOptions {
  /** Default: a reader over HTTP with connections of its own. */
  reader?: RegistryReader
  /** Connections of the default reader; close it to end the importer. Default: one with its own defaults. */
  outbound?: Outbound
  /** Taken from multi-platform images where nothing else is preferred. Default: this machine's architecture, linux. */
  platform?: Platform
  /** Told about secrets that cannot be read, by name. */
  log?: Pick<Log, 'warn'>
  /** Turns at registries, shared with who else asks them. Default: its own. */
  hosts?: HostLimiters
  /** What each import may take. */
  budget?: Partial<BudgetLimits>
}

/**
 * Requests to one registry at once. More of one import would make registries say 429, and
 * leave no room for an import that comes while another one waits for a slow registry.
 */
export const CONCURRENCY: Limits = { total: 16, each: 8 }

/**
 * Half an hour: a thousand images of a registry that takes 2 seconds for each request take a quarter of one. 128 MiB: a thousand
 * images of ten platforms each take about as much, and it is an eighth of the memory that an installed server gets.
 */
const BUDGET: BudgetLimits = { time: 30 * 60_000, bytes: 128 * 1024 * 1024 }

type FindCredential = RunOptions['credential']

const NOTHING: FindCredential = () => Promise.resolve(undefined)

/** Creates an importer. Keep it: connections, tokens and recent content are shared by all its imports. */
export function createImporter(options: ImporterOptions = {}): Importer {
  const reader = options.reader ?? createHttpReader({ outbound: options.outbound ?? createOutbound() })
  const platform = options.platform ?? { architecture: goArchitecture(process.arch), os: 'linux' }
  const hosts = options.hosts ?? new HostLimiters(CONCURRENCY)

  return async (request) => {
    const budget = new ImportBudget({ ...BUDGET, ...options.budget }, request.signal)
    const shared = { reader: limited(reader, hosts, budget), platform, now: request.now, budget }
    const run = (images: ImportRequest, credential: FindCredential): Promise<ImportResult> =>
      importAll(images, { ...shared, credential })
    const credentials = new Credentials(
      () => request.secrets(),
      (secret, problem) => options.log?.warn({ secret, problem }, 'pull secret is not used'),
    )
    try {
      const result = await run(request, (reference) => credentials.find(reference))
      await credentials.check()
      if (budget.isSpent) return result
      return await withoutCredentials(request, result, (again) => run(again, NOTHING))
    } finally {
      budget.end()
    }
  }
}

/** Wrong credentials keep nobody from what everybody may pull: what they failed is tried once more without. */
async function withoutCredentials(
  request: ImportRequest,
  result: ImportResult,
  run: (request: ImportRequest) => Promise<ImportResult>,
): Promise<ImportResult> {
  const failed = [...result.images.keys()].filter((i) => blamesCredentials(result.images[i]!.status))
  const listing = result.repository !== undefined && listingBlamesCredentials(result.repository.status)
  if (failed.length === 0 && !listing) return result
  const { repository, ...rest } = request
  const again = await run({
    ...rest,
    images: failed.map((i) => request.images[i]!),
    ...(listing && repository && { repository }),
  })
  const images = [...result.images]
  for (const [n, i] of failed.entries()) {
    const second = again.images[n]!
    if (second.status.reason !== 'Unauthorized') images[i] = second
  }
  // A repository of which some images failed was listed all the same.
  const second = again.repository
  const listed = second && (second.images || second.status.status === 'Success') ? second : result.repository
  return { images, ...(listed && { repository: listed }) }
}

async function importAll(request: ImportRequest, options: RunOptions): Promise<ImportResult> {
  const { reader, budget } = options
  const run = new ImportRun(options)
  const plans = request.images.map((spec) => plan(run, spec, request))
  const { repository: spec } = request
  const [images, repository] = await Promise.all([
    Promise.all(plans.map((planned) => planned.fetch())),
    spec && repositoryImport(spec),
  ])
  return { images, ...(repository && { repository }) }

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
  fetch(): Promise<ImageImportStatus>
}

function plan(run: ImportRun, spec: ImageImportSpec, request: ImportRequest): Plan {
  const reference = parse(spec.from.name ?? '')
  if ('status' in reference) return { fetch: async () => reference }
  const group = run.group(reference, spec.importPolicy)
  const importMode = spec.importPolicy.importMode ?? ''
  if (reference.id !== '') {
    const item = { reference: reference.id, digest: true, preferred: {}, importMode }
    return { group, fetch: () => run.fetch(group, item) }
  }
  const { tag } = withClientDefaults(reference)
  const item = { reference: tag, digest: false, preferred: request.preferred(spec.to?.name ?? tag), importMode }
  return { group, tag, fetch: () => run.fetch(group, item) }
}

function parse(name: string): Reference | { status: EmbeddedStatus } {
  try {
    return parseReference(name)
  } catch (error) {
    if (error instanceof InvalidReference) return { status: unparsable(name, error.problem) }
    throw error
  }
}
