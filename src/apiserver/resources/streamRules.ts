// The three ways in which a stream is written. They differ in what becomes of its status.
//   spec      clients: the status is the server's
//   internal  tags and imports: the status is theirs
//   status    clients and mappings: the spec stays as it is
import { fillEventGenerations, startGenerations, updateGenerations } from '../../core/image/generations.ts'
import { follow, movedTags } from '../../core/image/following.ts'
import { dropEmpty } from '../../core/image/history.ts'
import { defaultStream } from '../../core/image/defaults.ts'
import { setRepositories, withRepositories, type RegistryHosts } from '../../core/image/repository.ts'
import { registryCheck } from '../../core/image/registryPolicy.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { streamNameProblems } from '../../core/image/validation/name.ts'
import { validateStream, validateStreamStatus } from '../../core/image/validation/stream.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import { describeAll, type FieldError, internalError } from '../../core/machinery/fieldError.ts'
import type { Context, Rules } from '../../core/machinery/resource.ts'
import type { ImageConfig } from './deps.ts'
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

/** The rules of the three paths. `read` gets other streams, with the server's own rights. */
export function streamRules(config: ImageConfig, read: StreamReader): StreamRules {
  const hosts = hostsOf(config)
  // The tag stage changes the object, and so belongs to preparation; its errors are reported with all others.
  const stageErrors = new WeakMap<ImageStream, FieldError[]>()
  const stage = async (next: ImageStream, old: ImageStream | undefined, context: Context): Promise<void> => {
    stageErrors.set(next, await runStage(next, old, { context, read, internalRegistry: hosts.internal }))
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
      ...wrap(stream, stageErrors.get(stream) ?? []),
      ...validateStream(stream, registryCheck(config, old)),
    ],
  }
  const created = async (stream: ImageStream, context: Context): Promise<void> => {
    startGenerations(stream)
    setRepositories(stream, hosts)
    await stage(stream, undefined, context)
  }
  const updated = async (next: ImageStream, old: ImageStream, context: Context): Promise<void> => {
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
        return created(stream, context)
      },
      prepareForUpdate: (next, old, context) => {
        next.status = clone(old.status)
        return updated(next, old, context)
      },
    },
    internal: { ...written, prepareForCreate: created, prepareForUpdate: updated },
    status: {
      ...shared,
      prepareForUpdate: (next, old) => {
        restoreSpec(next, old)
        fillEventGenerations(next, old)
        follow(next, movedTags(next, old))
      },
      validate: (next, old) => (old ? validateStreamStatus(next, old, registryCheck(config, old)) : []),
    },
  }
}

/** Of the spec, a write to the status may change the lookup policy: so does OpenShift. */
function restoreSpec(next: ImageStream, old: ImageStream): void {
  const { tags, dockerImageRepository } = clone(old.spec)
  next.spec = {
    lookupPolicy: next.spec.lookupPolicy,
    ...(dockerImageRepository && { dockerImageRepository }),
    ...(tags && { tags }),
  }
}

/** Errors of the tag stage, in the shape that clients of OpenShift know: all in one, of a field called `[]`. */
function wrap(stream: ImageStream, found: readonly FieldError[]): FieldError[] {
  if (found.length === 0) return []
  return [internalError('[]', `imagestreams ${JSON.stringify(stream.metadata.name)} is invalid: ${describeAll(found)}`)]
}
