// Media types of manifests. https://github.com/opencontainers/image-spec/blob/main/media-types.md

export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
/** Docker's image manifest, schema 2. */
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
/** OCI's index of manifests by platform. */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
/** OCI's image manifest. */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
/** Docker's image manifest, schema 1, without signatures. */
export const SCHEMA1 = 'application/vnd.docker.distribution.manifest.v1+json'
/** Docker's image manifest, schema 1. */
export const SCHEMA1_SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
/** What layers of schema 1 are, which does not say so itself. */
export const SCHEMA1_LAYER = 'application/vnd.docker.container.image.rootfs.diff+x-gtar'

/** Everything that a manifest request accepts. A registry that is not asked for a type may convert or hide the manifest. */
export const ACCEPTED_MANIFESTS: readonly string[] = [
  DOCKER_LIST,
  OCI_INDEX,
  DOCKER_MANIFEST,
  OCI_MANIFEST,
  SCHEMA1_SIGNED,
  'application/json',
]

export type ManifestKind = 'image' | 'index' | 'schema1'

const KINDS: Readonly<Record<string, ManifestKind>> = {
  [DOCKER_LIST]: 'index',
  [OCI_INDEX]: 'index',
  [DOCKER_MANIFEST]: 'image',
  [OCI_MANIFEST]: 'image',
  [SCHEMA1]: 'schema1',
  [SCHEMA1_SIGNED]: 'schema1',
}

/** The kind of manifest that a media type stands for, if it is one. */
export function manifestKind(mediaType: string): ManifestKind | undefined {
  return Object.hasOwn(KINDS, mediaType) ? KINDS[mediaType] : undefined
}

/** A Content-Type without parameters, in lower case. */
export function bareMediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
}
