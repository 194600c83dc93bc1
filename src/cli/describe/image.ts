// `describe image`, `istag`, `isimage`, and the images that import-image lists.
import { ago } from '../../core/image/age.ts'
import type { DockerConfig, Image, ImageSignature } from '../../core/image/types.ts'
import { CommandError } from '../failure.ts'
import { humanSize } from '../print/size.ts'
import { DESCRIBE, tabulate } from '../print/tabulate.ts'
import { annotationLines, labelled, labelledMap } from './lines.ts'

/** The description of an image, ending in a newline. `imageName` '' leaves its line out. Throws without metadata. */
export function describeImage(image: Image, imageName: string, now: Date): string {
  const docker = image.dockerImageMetadata
  if (!docker || typeof docker !== 'object') throw new CommandError('unable to read image metadata')
  const { metadata } = image
  const manifests = (image.dockerImageManifests ?? []).map((m) => `${m.os}/${m.architecture}\t${m.digest}`)
  const lines = [
    ...(imageName ? labelled('Image Name', imageName) : []),
    ...labelled('Docker Image', image.dockerImageReference),
    ...labelled('Name', metadata.name),
    ...(metadata.creationTimestamp ? labelled('Created', ago(metadata.creationTimestamp, now)) : []),
    ...(isEmpty(metadata.labels) ? [] : labelledMap('Labels', metadata.labels)),
    ...(isEmpty(metadata.annotations) ? [] : annotationLines(metadata.annotations)),
    ...layerLines(image, docker.Size ?? 0),
    ...(image.signatures ?? []).flatMap(signatureLines),
    // oc subtracts Go's zero time, and its durations end at 292 years.
    ...labelled('Image Created', docker.Created ? ago(docker.Created, now) : '292 years ago'),
    ...labelled('Author', docker.Author),
    ...labelled('Arch', docker.Architecture),
    ...(manifests.length > 0 ? labelled('Manifests', manifests.join('\n')) : []),
    ...configLines(docker.Config ?? {}),
  ]
  return tabulate(`${lines.join('\n')}\n`, DESCRIBE)
}

const isEmpty = (map: object | null | undefined): boolean => Object.keys(map ?? {}).length === 0

function layerLines(image: Image, size: number): string[] {
  const layers = image.dockerImageLayers ?? []
  if (layers.length === 0) return labelled('Layer Size', humanSize(size))
  return [
    ...labelled('Image Size', `${humanSize(size)} in ${layers.length} layers`),
    ...labelled('Layers', layers.map((layer) => `${humanSize(layer.size)}\t${layer.name}`).join('\n')),
  ]
}

function signatureLines(signature: ImageSignature): string[] {
  const name = [...labelled('Image Signatures', ' '), ...labelled('\tName', signature.metadata.name)]
  const type = labelled('\tType', signature.type)
  if (!signature.issuedBy) return [...name, ...type, ...labelled('\tStatus', 'Unverified')]
  return [
    ...name,
    ...type,
    ...labelled('\tStatus', 'Verified'),
    ...labelled('\tIssued By', signature.issuedBy.commonName),
    ...(signature.conditions ?? []).flatMap((c) =>
      labelled('\t', `Signature is ${c.type} (${c.message ?? ''} on ${goTime(c.lastProbeTime)})`),
    ),
  ]
}

/** A time as Go prints it; none is the beginning of its calendar. */
function goTime(time: string | null): string {
  const [date, clock = ''] = (time ?? '0001-01-01T00:00:00Z').split('T')
  return `${date} ${clock.slice(0, 8)} +0000 UTC`
}

function configLines(config: DockerConfig): string[] {
  const entrypoint = config.Entrypoint ?? []
  const command = config.Cmd ?? []
  const environment = config.Env ?? []
  const volumes = Object.keys(config.Volumes ?? {}).sort()
  return [
    ...(entrypoint.length > 0 ? labelled('Entrypoint', entrypoint.join(' ')) : []),
    ...(command.length > 0 || entrypoint.length === 0 ? labelled('Command', command.join(' ')) : []),
    ...labelled('Working Dir', config.WorkingDir),
    ...labelled('User', config.User),
    ...labelled(
      'Exposes Ports',
      Object.keys(config.ExposedPorts ?? {})
        .sort()
        .join(', '),
    ),
    ...labelledMap('Docker Labels', config.Labels),
    ...listed('Environment', environment),
    ...listed('Volumes', volumes),
  ]
}

function listed(label: string, values: readonly string[]): string[] {
  return values.map((value, i) => (i === 0 ? `${label}:\t${value || '<none>'}` : `\t${value}`))
}
