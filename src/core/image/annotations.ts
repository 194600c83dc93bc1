// Annotations that image streams, their tags, images, signatures and secrets may carry, by what they mean.

/** On a stream: when the last import wrote it; without it the stream was never imported, or somebody asks for it all again. */
export const CHECK_ANNOTATION = 'openshift.io/image.dockerRepositoryCheck'

/** On a stream, 'true': its registries may be reached without TLS. */
export const INSECURE_ANNOTATION = 'openshift.io/image.insecureRepository'

/** On a spec tag: the platform that it takes where a registry offers several. */
export const PREFER_ARCH = 'importer.image.openshift.io/prefer-arch'
export const PREFER_OS = 'importer.image.openshift.io/prefer-os'

/** On a stream or a spec tag with scheduled imports: how old what is known of the registry may be, as a Go duration. A tag's own counts. */
export const REFRESH = 'millrace.dev/refresh'

/** On a spec tag: that it follows the newest tag of its repository in this order, such as `semver:>=1.2 <2`. See core/policy. */
export const POLICY = 'millrace.dev/policy'

/** On a spec tag with a policy: what tags have to look like, such as `v{version}-alpine`, and which not to look at. */
export const FILTER = 'millrace.dev/filter'
export const IGNORE = 'millrace.dev/ignore'

/** On a spec tag with a policy, 'true': versions that are not released yet count, too. */
export const PRERELEASE = 'millrace.dev/prerelease'

/** On a spec tag with a policy: how long a tag has to be known before it is adopted, as a Go duration. */
export const MIN_AGE = 'millrace.dev/min-age'

/** On a stream: what the policies of its tags have chosen, and what waits. The server's: what clients write there is not kept. */
export const CHOICES = 'millrace.dev/choices'

/** On a stream, written by the scheduler: of which indexes the images of its scheduled tags were taken. See core/schedule/origins.ts. */
export const ORIGINS = 'millrace.dev/imported-from'

/** On an image, 'true': pushed to the integrated registry, not imported. */
export const MANAGED = 'openshift.io/image.managed'

/** On an image, 'true': the registry keeps manifest and configuration, so that the API need not. */
export const BLOB_STORED = 'image.openshift.io/manifestBlobStored'

/** On an image: whether its base layer comes first ('ascending') or last ('descending'), as in images of old releases. */
export const LAYERS_ORDER = 'image.openshift.io/dockerLayersOrder'

/** On a signature: made by a controller; not kept on writes of the whole image. */
export const MANAGED_SIGNATURE = 'image.openshift.io/managed-signature'

/** On an import of a repository: how many tags are imported at most, down to "0"; the others are named. */
export const IMPORT_LIMIT = 'millrace.dev/import-limit'

/** On a secret, 'true': imports do not use it, and streams do not tell it. */
export const EXCLUDE_SECRET = 'openshift.io/image.excludeSecret'

/** Whether an annotation is set, which is to say 'true'. */
export function isSet(annotations: Readonly<Record<string, string>> | undefined, key: string): boolean {
  return annotations?.[key] === 'true'
}
