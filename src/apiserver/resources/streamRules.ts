// The three ways in which a stream is written. They differ in what becomes of its status.
//   spec      clients: the status is the server's
//   internal  tags and imports: the status is theirs
//   status    clients and mappings: the spec stays as it is
import { specTag } from '../../core/image/access.ts'
import { MIN_AGE } from '../../core/image/annotations.ts'
import { fillEventGenerations, startGenerations, updateGenerations } from '../../core/image/generations.ts'
import { follow, movesOf } from '../../core/image/following.ts'
import { dropEmpty } from '../../core/image/history.ts'
import { defaultStream } from '../../core/image/defaults.ts'
import { streamLimitProblem } from '../../core/image/limits.ts'
import { setRepositories, withRepositories, type RegistryHosts } from '../../core/image/repository.ts'
import { newAnnotationProblems } from '../../core/schedule/annotationProblems.ts'
import { registryCheck } from '../../core/image/registryPolicy.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { retain } from '../../core/image/retention.ts'
import { streamNameProblems } from '../../core/image/validation/name.ts'
import { validateStream, validateStreamStatus } from '../../core/image/validation/stream.ts'
import { keepChoices } from '../../core/policy/choice.ts'
import { policyId, policyOf } from '../../core/policy/policy.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import { describeAll, type FieldError, forbidden, internalError } from '../../core/machinery/fieldError.ts'
import type { Context, Rules } from '../../core/machinery/resource.ts'
import type { ImageConfig, ImageDeps } from './deps.ts'
import { runStage, type StreamReader } from './stage.ts'

/** The rules of the three write paths. */
export interface StreamRules {
  spec: Rules<ImageStream>
  internal: Rules<ImageStream>
  status: Rules<ImageStream>
}

/** The hosts that a configuration names. */
const hostsOf = (config: ImageConfig): RegistryHosts => ({
  internal: config.internalRegistryHostname,
  external: config.externalRegistryHostnames,
})

const noLimits = (): Promise<[]> => Promise.resolve([])

/** The rules of the three paths. `read` gets other streams, with the server's own rights. */
export function streamRules(
  config: ImageConfig,
  read: StreamReader,
  limitRanges: ImageDeps['limitRanges'] = noLimits,
): StreamRules {
  const hosts = hostsOf(config)
  // The tag stage changes the object, and so belongs to preparation; its errors are reported with all others.
  const stageProblems = new WeakMap<ImageStream, string>()
  const overLimit = async (next: ImageStream, old: ImageStream | undefined, context: Context) =>
    streamLimitProblem(await limitRanges(context.namespace), next, old)
  const stage = async (next: ImageStream, old: ImageStream | undefined, context: Context): Promise<void> => {
    const found = await runStage(next, old, { context, read, internalRegistry: hosts.internal })
    fitHistory(next, context)
    warnOfAnnotations(next, old, context)
    const problem = found.length > 0 ? invalidText(next, found) : await overLimit(next, old, context)
    if (problem !== undefined) stageProblems.set(next, problem)
  }
  const shared: Rules<ImageStream> = {
    defaults: (stream) => defaultStream(stream, config.importMode),
    validateName: streamNameProblems,
    decorate: (stream) => withRepositories(stream, hosts),
    fields: {
      'spec.dockerImageRepository': (stream) => stream.spec.dockerImageRepository ?? '',
      'status.dockerImageRepository': (stream) => stream.status.dockerImageRepository,
    },
    unconditionalUpdate: false,
  }
  const written: Rules<ImageStream> = {
    ...shared,
    validate: (stream, old) => [
      ...wrap(stageProblems.get(stream)),
      ...validateStream(stream, registryCheck(config, old)),
    ],
  }
  const created = async (stream: ImageStream, context: Context): Promise<void> => {
    warnOfPolicies(stream, undefined, context)
    startGenerations(stream)
    setRepositories(stream, hosts)
    await stage(stream, undefined, context)
  }
  const updated = async (next: ImageStream, old: ImageStream, context: Context): Promise<void> => {
    warnOfPolicies(next, old, context)
    dropEmpty(next)
    updateGenerations(next, old)
    setRepositories(next, hosts)
    await stage(next, old, context)
  }
  return {
    spec: {
      ...written,
      prepareForCreate: (stream, context) => {
        stream.status = { dockerImageRepository: '' }
        keepChoices(stream, undefined)
        return created(stream, context)
      },
      prepareForUpdate: (next, old, context) => {
        next.status = clone(old.status)
        keepChoices(next, old)
        return updated(next, old, context)
      },
    },
    internal: { ...written, prepareForCreate: created, prepareForUpdate: updated },
    status: {
      ...shared,
      prepareForUpdate: (next, old, context) => {
        next.spec = clone(old.spec)
        keepChoices(next, old)
        fillEventGenerations(next, old)
        follow(next, movesOf(next, old))
        fitHistory(next, context)
      },
      validate: async (next, old, context) => {
        if (!old) return []
        const problem = await overLimit(next, old, context)
        return [
          ...validateStreamStatus(next, old, registryCheck(config, old)),
          ...(problem === undefined ? [] : [forbidden('imageStream', problem)]),
        ]
      },
    },
  }
}

/** Keeps the stream small enough to be stored, and says so. */
function fitHistory(stream: ImageStream, context: Context): void {
  const forgotten = retain(stream)
  if (forgotten === 0) return
  context.warn(
    `the history of image stream ${stream.metadata.name ?? ''} is full: its ${forgotten} oldest ${forgotten === 1 ? 'event was' : 'events were'} forgotten`,
  )
}

/** What is wrong with a policy keeps nobody from writing the stream: another server would not mind. The import says it again. */
function warnOfPolicies(next: ImageStream, old: ImageStream | undefined, context: Context): void {
  for (const tag of next.spec.tags ?? []) {
    const before = old && specTag(old, tag.name)
    if (before && policyId(before) === policyId(tag) && before.annotations?.[MIN_AGE] === tag.annotations?.[MIN_AGE])
      continue
    const read = policyOf(next, tag)
    if (read && 'problem' in read) context.warn(`tag ${tag.name}: ${read.problem}`)
  }
}

/** What counts for nothing keeps nobody from writing the stream, either: whoever writes it hears of that. */
function warnOfAnnotations(next: ImageStream, old: ImageStream | undefined, context: Context): void {
  for (const { message } of newAnnotationProblems(next, old)) context.warn(message)
}

function invalidText({ metadata }: ImageStream, found: readonly FieldError[]): string {
  return `imagestreams ${JSON.stringify(metadata.name)} is invalid: ${describeAll(found)}`
}

/** What the tag stage found, in the shape that clients of OpenShift know: all in one, of a field called `[]`. */
function wrap(problem: string | undefined): FieldError[] {
  return problem === undefined ? [] : [internalError('[]', problem)]
}
