// DockerImage: the configuration of an image, in the spelling of the Docker API ("image.openshift.io/1.0").
// https://github.com/moby/docker-image-spec/blob/main/spec.md
import {
  any,
  bool,
  field,
  int64,
  list,
  map,
  nullable,
  object,
  opt,
  pointer,
  str,
  time,
} from '../../machinery/schema.ts'
import type { Static } from '../../machinery/schema.ts'
import { definition } from './definition.ts'

/** How a container of the image is run. */
export const DockerConfig = object(definition('DockerConfig'), 'How containers of the image are run.', {
  Hostname: opt(str()),
  Domainname: opt(str()),
  User: opt(str('User that the process runs as.')),
  Memory: opt(int64()),
  MemorySwap: opt(int64()),
  CpuShares: opt(int64()),
  Cpuset: opt(str()),
  AttachStdin: opt(bool()),
  AttachStdout: opt(bool()),
  AttachStderr: opt(bool()),
  PortSpecs: opt(list(str())),
  ExposedPorts: opt(map(any(), 'Ports such as 8080/tcp.')),
  Tty: opt(bool()),
  OpenStdin: opt(bool()),
  StdinOnce: opt(bool()),
  Env: opt(list(str(), 'Environment, each NAME=value.')),
  Cmd: opt(list(str(), 'Default arguments.')),
  Dns: opt(list(str())),
  Image: opt(str()),
  Volumes: opt(map(any(), 'Paths that are volumes.')),
  VolumesFrom: opt(str()),
  WorkingDir: opt(str('Directory in which the process starts.')),
  Entrypoint: opt(list(str(), 'The command.')),
  NetworkDisabled: opt(bool()),
  SecurityOpts: opt(list(str())),
  OnBuild: opt(list(str())),
  Labels: opt(map(str(), 'Labels of the image.')),
})
export type DockerConfig = Static<typeof DockerConfig>

/** What an image says of itself. */
export const DockerImage = object(definition('DockerImage'), 'What an image says of itself.', {
  kind: str(),
  apiVersion: str(),
  Id: str('Digest of the configuration.'),
  Parent: opt(str()),
  Comment: opt(str()),
  Created: nullable(time('When the image was built.')),
  Container: opt(str()),
  ContainerConfig: field(DockerConfig, 'Configuration of the container that the image was made from.'),
  DockerVersion: opt(str()),
  Author: opt(str()),
  Config: pointer(field(DockerConfig, 'How containers of the image are run.')),
  Architecture: opt(str()),
  Size: opt(int64('Bytes of configuration and layers.')),
})
export type DockerImage = Static<typeof DockerImage>
