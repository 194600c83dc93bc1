// Where images of a stream can be pulled from: computed from the configuration, at every write and every read.
import { asRepository } from '../oci/forms.ts'
import { exact, tryParseReference } from '../oci/reference.ts'
import type { ImageStream, ImageStreamStatus } from './types.ts'

/** Host names of registries that serve streams. */
export interface RegistryHosts {
  /** `host[:port]` inside the cluster; undefined: there is no integrated registry. */
  internal?: string | undefined
  /** Names from outside; the first is shown. */
  external?: readonly string[] | undefined
}

type Repositories = Pick<ImageStreamStatus, 'dockerImageRepository' | 'publicDockerImageRepository'>

/** The two repository fields of a stream's status. */
export function repositories(stream: ImageStream, hosts: RegistryHosts): Repositories {
  const path = `${stream.metadata.namespace ?? ''}/${stream.metadata.name ?? ''}`
  const outside = hosts.external?.[0]
  return {
    dockerImageRepository: hosts.internal ? `${hosts.internal}/${path}` : withoutTag(stream.spec.dockerImageRepository),
    ...(outside && { publicDockerImageRepository: `${outside}/${path}` }),
  }
}

/** Writes the repository fields. */
export function setRepositories(stream: ImageStream, hosts: RegistryHosts): void {
  stream.status = { ...repositories(stream, hosts), ...withoutRepositories(stream.status) }
}

/** The stream with repository fields of today; the same object where they are right already. */
export function withRepositories(stream: ImageStream, hosts: RegistryHosts): ImageStream {
  const { dockerImageRepository, publicDockerImageRepository } = repositories(stream, hosts)
  const { status } = stream
  const right =
    status.dockerImageRepository === dockerImageRepository &&
    status.publicDockerImageRepository === publicDockerImageRepository
  if (right) return stream
  const next = { ...stream }
  setRepositories(next, hosts)
  return next
}

function withoutRepositories(status: ImageStreamStatus): Omit<ImageStreamStatus, keyof Repositories> {
  const { dockerImageRepository: _, publicDockerImageRepository: __, ...rest } = status
  return rest
}

/** The repository of a pull spec; what cannot be parsed stays as it is. */
function withoutTag(spec: string | undefined): string {
  const reference = spec ? tryParseReference(spec) : undefined
  return reference ? exact(asRepository(reference)) : (spec ?? '')
}
